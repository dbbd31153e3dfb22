package firstlight.netboot.dhcp;

import firstlight.model.BootDecisions;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on PCs that nobody knows yet. They are remembered before they are answered, and that takes the time of a database: many at once are
 * remembered together, on a thread of their own, so that no PC that is known waits for them. What is decided goes back to the thread that
 * answers. Of invented PCs only so many may wait; a firmware repeats its packet.
 */
final class Strangers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);

    /** A few tenths of a second's work. */
    private static final int MANY = 1024;

    private static final int BATCH = 128;

    private final BootDecisions decisions;
    private final InstantSource clock;
    private final Runnable wakeup;
    /** Empty: the end. */
    private final BlockingQueue<Optional<Waiting>> waiting = new LinkedBlockingQueue<>(MANY);

    private final Queue<Decided> decided = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    /**
     * @param interfaceIndex where its packet was heard
     * @param early what it was sent before it was registered
     */
    record Waiting(Request request, Listener listener, int interfaceIndex, Optional<ProxyDhcp.Answered> early) {}

    /** A PC and what it gets, or why there is no decision. */
    sealed interface Decided {
        Waiting of();
    }

    record Answer(Waiting of, FirstAnswer answer) implements Decided {}

    record Failure(Waiting of, Throwable why) implements Decided {}

    /** @param wakeup tells the thread that answers to {@link #next} */
    Strangers(BootDecisions decisions, InstantSource clock, Runnable wakeup) {
        this.decisions = decisions;
        this.clock = clock;
        this.wakeup = wakeup;
        this.thread = Thread.ofPlatform().daemon().name("strangers").start(this::run);
    }

    /** False when too many wait. */
    boolean offer(Waiting stranger) {
        return waiting.offer(Optional.of(stranger));
    }

    /** What was decided first of what was not taken yet. */
    Optional<Decided> next() {
        return Optional.ofNullable(decided.poll());
    }

    private void run() {
        List<Optional<Waiting>> taken = new ArrayList<>();
        try {
            do {
                taken.clear();
                taken.add(waiting.take());
                waiting.drainTo(taken, BATCH - 1);
                try {
                    decided.addAll(
                            decide(taken.stream().flatMap(Optional::stream).toList()));
                } catch (OutOfMemoryError e) {
                    // New PCs have no other thread: it must outlive a moment in which others took all memory.
                    LOG.error("no memory; {} new PCs must ask again", taken.size(), e);
                }
                wakeup.run();
            } while (!taken.contains(Optional.<Waiting>empty()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Decided> decide(List<Waiting> strangers) {
        List<Facts> facts =
                strangers.stream().map(each -> each.request().facts()).toList();
        List<Decided> results = new ArrayList<>();
        try {
            List<FirstAnswer> answers = decisions.firstAnswers(facts, clock.instant());
            for (int i = 0; i < strangers.size(); i++) {
                results.add(new Answer(strangers.get(i), answers.get(i)));
            }
        } catch (RuntimeException | OutOfMemoryError together) {
            // One of them may be the others' misfortune: each for itself.
            for (Waiting stranger : strangers) {
                results.add(decideAlone(stranger));
            }
        }
        return results;
    }

    private Decided decideAlone(Waiting stranger) {
        try {
            return new Answer(stranger, decisions.firstAnswer(stranger.request().facts(), clock.instant()));
        } catch (RuntimeException | OutOfMemoryError e) {
            return new Failure(stranger, e);
        }
    }

    @Override
    public void close() {
        waiting.clear();
        boolean _ = waiting.offer(Optional.empty());
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
