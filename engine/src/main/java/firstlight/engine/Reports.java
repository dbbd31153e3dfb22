package firstlight.engine;

import firstlight.image.Progress;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Live progress, to the server every second and to the screen every few. A thread of its own sends it, so that a slow
 * server never holds up the disk; what it could not send is overtaken by what comes after.
 */
final class Reports implements Progress, AutoCloseable {
    private static final long SERVER_MILLIS = 1_000;
    private static final long SCREEN_NANOS = 5_000_000_000L;
    /** Where nothing moves for a while, as while a file system's own tool works, the server must not think this PC gone. */
    private static final long ALIVE_NANOS = 15_000_000_000L;

    /** The answer to a report of work that was taken back. */
    private static final int CANCELLED = 409;

    private final Server server;
    private final Console console;
    private final LongSupplier nanoTime;
    private final Thread sender;
    /** Written by the work's threads, read by the sender: what lies between is never sent. */
    private final AtomicReference<@Nullable State> latest = new AtomicReference<>();

    private final AtomicReference<@Nullable Refused> cancelled = new AtomicReference<>();
    private volatile boolean closed;

    /**
     * @param done octets, as {@code total}
     * @param start of the phase, by the clock that is never set
     */
    private record State(Phase phase, long done, long total, long start, long now) {
        long bytesPerSecond() {
            long nanos = now - start;
            return nanos <= 0 ? 0 : (long) (done * 1e9 / nanos);
        }
    }

    Reports(Server server, Console console, LongSupplier nanoTime) {
        this.server = server;
        this.console = console;
        this.nanoTime = nanoTime;
        this.sender = Thread.ofPlatform().daemon().name("reports").start(this::send);
    }

    @Override
    public void progress(Phase phase, long done, long total) throws IOException {
        Refused order = cancelled.get();
        if (order != null) {
            throw order.ended();
        }
        long now = nanoTime.getAsLong();
        State before = latest.get();
        long start = before != null && before.phase() == phase ? before.start() : now;
        latest.set(new State(phase, done, total, start, now));
    }

    /** By an answer that is waited for: those to {@link #progress} come when they come, which may be after the erase of a disk. */
    @Override
    public void stillWanted() throws IOException {
        try {
            server.stillWanted(new firstlight.wire.work.Progress(word(Phase.MAPPING), 0, 0, 0, ""));
        } catch (Refused refused) {
            throw refused.status() == CANCELLED ? refused.ended() : refused;
        }
    }

    private void send() {
        @Nullable State sent = null;
        long shown = nanoTime.getAsLong();
        long posted = shown;
        while (!closed) {
            State state = latest.get();
            long now = nanoTime.getAsLong();
            if (state != null && state.equals(sent) && now - posted >= ALIVE_NANOS) {
                posted = now;
                post(state);
            } else if (state != null && !state.equals(sent)) {
                posted = now;
                if (sent == null || sent.phase() != state.phase() || now - shown >= SCREEN_NANOS) {
                    console.line(line(state.phase(), state.done(), state.total(), state.bytesPerSecond()));
                    shown = now;
                }
                sent = state;
                post(state);
            }
            try {
                Thread.sleep(SERVER_MILLIS);
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private void post(State state) {
        try {
            server.progress(new firstlight.wire.work.Progress(
                    word(state.phase()), state.done(), state.total(), state.bytesPerSecond(), ""));
        } catch (Refused refused) {
            if (refused.status() == CANCELLED) {
                cancelled.set(refused);
            }
        } catch (IOException lost) {
            console.line("a progress report got lost: " + lost.getMessage());
        }
    }

    /** What a person should see in the transaction's events. */
    void note(String note) {
        try {
            server.progress(new firstlight.wire.work.Progress(word(Phase.MAPPING), 0, 0, 0, note));
        } catch (IOException lost) {
            console.line("a note got lost: " + lost.getMessage());
        }
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    static String line(Phase phase, long done, long total, long bytesPerSecond) {
        String percent = total == 0 ? "" : " " + done * 100 / total + " %";
        String left = bytesPerSecond == 0 || total <= done ? "" : ", " + (total - done) / bytesPerSecond + " s left";
        return word(phase) + percent + ", " + (done >> 20) + " of " + (total >> 20) + " MiB, "
                + bytesPerSecond / 1_000_000 + " MB/s" + left;
    }

    @Override
    public void close() {
        closed = true;
        sender.interrupt();
        try {
            sender.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
