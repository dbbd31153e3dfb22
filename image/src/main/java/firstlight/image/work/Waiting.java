package firstlight.image.work;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A moment in a thread's life, from which on is counted what it waited for a network, a disk or another thread: time in which it
 * neither had a processor nor was ready for one. Linux counts the two (proc(5), {@code schedstat}).
 *
 * @param time a value of {@link System#nanoTime}
 * @param busy nanoseconds that the thread computed, or was ready to, in its life until then
 */
public record Waiting(long time, long busy) {
    private static final Path OWN = Path.of("/proc/thread-self/schedstat");

    /** The calling thread, now. */
    public static Waiting now() throws IOException {
        // Without CONFIG_SCHED_INFO all is waiting, as it was before this was looked at.
        return new Waiting(System.nanoTime(), Files.exists(OWN) ? busy(Files.readAllBytes(OWN)) : 0);
    }

    /** @param schedstat nanoseconds on a processor, nanoseconds on the queue for one, how often; between them blanks */
    static long busy(byte[] schedstat) {
        String[] fields =
                new String(schedstat, StandardCharsets.US_ASCII).strip().split(" ", 3);
        return Long.parseLong(fields[0]) + Long.parseLong(fields[1]);
    }

    /**
     * Nanoseconds of waiting until {@code end}, a later moment of the same thread. The kernel brings a running thread's time up to date
     * at its ticks, 1 to 10 ms apart: one result may be too large by one, or below zero; many together are right.
     */
    long until(Waiting end) {
        return end.time - time - (end.busy - busy);
    }
}
