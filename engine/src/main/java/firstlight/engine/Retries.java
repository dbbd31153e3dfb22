package firstlight.engine;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that tries again what can be tried again: a broken connection, a server that is restarting. With longer and longer pauses,
 * until its patience is over. Every request of the protocol may be sent twice without harm. For several threads, each of which has
 * patience of its own.
 */
final class Retries implements Exchange {
    /** For a PC that asks for work: it has done nothing yet, and somebody may want to use it. */
    static final Duration ASKING = Duration.ofMinutes(10);
    /** Somebody waits for a shell, which needs no server. */
    static final Duration AT_A_PROMPT = Duration.ofMinutes(2);
    /** In the middle of work: a server may have to check its disks, and half a disk is of no use to anybody. */
    static final Duration WORKING = Duration.ofMinutes(60);

    private static final Duration TOLD_EVERY = Duration.ofMinutes(1);

    /** As long as a try lasts that nobody answers; one that lasts longer had a server for most of its time. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    /** Doubled each time, up to {@link #LONGEST_PAUSE}: a restarted server is found within 15 s. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /** Waits; a test's does not. */
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    private final Exchange exchange;
    private final Duration patience;
    private final Pause pause;
    private final Consumer<String> log;
    private final LongSupplier nanoTime;

    /** How long a thread had waited when it was last told that the server does not answer; null while it does. */
    private final AtomicReference<@Nullable Duration> told = new AtomicReference<>();

    Retries(Exchange exchange, Duration patience, Pause pause, Consumer<String> log) {
        this(exchange, patience, pause, log, System::nanoTime);
    }

    /** @param nanoTime {@link System#nanoTime}; another in tests */
    Retries(Exchange exchange, Duration patience, Pause pause, Consumer<String> log, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.exchange = exchange;
        this.patience = patience;
        this.pause = pause;
        this.log = log;
    }

    @Override
    public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
        Duration waited = Duration.ZERO;
        Duration next = FIRST_PAUSE;
        for (int tries = 1; ; tries++) {
            long begun = nanoTime.getAsLong();
            try {
                T answer = exchange.send(method, path, type, body, reader);
                if (tries > 1 && told.getAndSet(null) != null) {
                    log.accept("the server answers again; going on");
                }
                return answer;
            } catch (Refused refused) {
                if (!refused.mayPass()) {
                    throw refused;
                }
                waited = waitOrGiveUp(path, refused, tries, waited.plus(since(begun)), next);
            } catch (ImageFailure ours) {
                throw ours;
            } catch (IOException broken) {
                stopAtWrongCertificate(broken);
                waited = waitOrGiveUp(path, broken, tries, waited.plus(since(begun)), next);
            }
            next = next.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? next.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** A server that hangs takes minutes to say nothing. */
    private Duration since(long begun) {
        Duration lasted = Duration.ofNanos(nanoTime.getAsLong() - begun);
        return lasted.compareTo(LONGEST_SILENCE) < 0 ? lasted : LONGEST_SILENCE;
    }

    private Duration waitOrGiveUp(String path, IOException reason, int tries, Duration waited, Duration next)
            throws ImageFailure {
        if (waited.plus(next).compareTo(patience) > 0) {
            throw new ImageFailure(
                    "The server could not be reached for " + patience.toMinutes() + " minutes (" + path + ")",
                    reason,
                    "Check the network between this PC and the server and that Firstlight runs there, then start this PC again");
        }
        if (tries > 1) {
            tell(reason, waited);
        }
        try {
            pause.pause(next);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new ImageFailure("The work was interrupted", reason, "Start this PC again");
        }
        return waited.plus(next);
    }

    /** Once a minute, however many threads wait. */
    private void tell(IOException reason, Duration waited) {
        Duration before = told.get();
        boolean due = before == null || waited.minus(before).compareTo(TOLD_EVERY) >= 0;
        if (due && told.compareAndSet(before, waited)) {
            String trouble = reason instanceof Refused ? "the server has a difficulty" : "the server does not answer";
            log.accept(trouble + " (" + reason.getMessage() + "), trying again for "
                    + patience.minus(waited).toMinutes() + " minutes");
        }
    }

    private static void stopAtWrongCertificate(IOException broken) throws ImageFailure {
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof PinnedTls.WrongCertificate) {
                throw new ImageFailure(
                        "The server has another certificate than this PC was booted for",
                        cause,
                        "Start this PC again; if it stays so, somebody else answers at the server's address");
            }
        }
    }
}
