package firstlight.server.sites;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Holds all streams that go through it, of any thread, to one {@link TokenBucket}. Waits after what has passed, on the thread that reads
 * or writes: TCP holds the other side up.
 */
public final class Pace {
    /** In small pieces, so that many streams share what there is. */
    private static final int PIECE = 1 << 14;

    private final LongSupplier nanoTime;
    private final Sleep sleep;
    private final boolean limited;
    private TokenBucket bucket;

    /** Waits; a test's does not. */
    public interface Sleep {
        void nanoseconds(long time) throws InterruptedException;
    }

    Pace(int megabits, LongSupplier nanoTime, Sleep sleep) {
        this.nanoTime = nanoTime;
        this.sleep = sleep;
        this.limited = megabits > 0;
        this.bucket = TokenBucket.full(Math.max(1, megabits) * 1_000_000L, nanoTime.getAsLong());
    }

    /** @param megabits a second; 0 is no limit */
    public static Pace of(int megabits) {
        return new Pace(megabits, System::nanoTime, time -> Thread.sleep(Duration.ofNanos(time)));
    }

    /** The lock is held for the reckoning only; each waits for itself. */
    private void took(int octets) throws InterruptedIOException {
        long wait;
        synchronized (this) {
            TokenBucket.Taken taken = bucket.take(octets, nanoTime.getAsLong());
            bucket = taken.bucket();
            wait = taken.pause();
        }
        try {
            if (wait > 0) {
                sleep.nanoseconds(wait);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    InputStream in(InputStream stream) {
        return !limited
                ? stream
                : new FilterInputStream(stream) {
                    @Override
                    public int read() throws IOException {
                        int octet = super.read();
                        took(1);
                        return octet;
                    }

                    @Override
                    public int read(byte[] into, int from, int length) throws IOException {
                        int count = super.read(into, from, Math.min(length, PIECE));
                        took(Math.max(0, count));
                        return count;
                    }
                };
    }

    /** @param stream which is closed with the answer */
    public OutputStream out(OutputStream stream) {
        return !limited
                ? stream
                : new FilterOutputStream(stream) {
                    @Override
                    public void write(int octet) throws IOException {
                        took(1);
                        out.write(octet);
                    }

                    @Override
                    public void write(byte[] octets, int from, int length) throws IOException {
                        for (int done = 0; done < length; done += PIECE) {
                            int piece = Math.min(PIECE, length - done);
                            took(piece);
                            out.write(octets, from + done, piece);
                        }
                    }
                };
    }
}
