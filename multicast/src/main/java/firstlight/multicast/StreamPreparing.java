package firstlight.multicast;

import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A member that was told of its stream and does not listen yet: it compares its disk with the image, or erases it, which takes
 * minutes. It says so again and again, so that the stream is there when it does listen, and is not held by a PC that is off.
 */
public final class StreamPreparing implements AutoCloseable {
    /** Several fit into the time after which the sender takes a member for gone. */
    static final Duration EVERY = Duration.ofMillis(500);

    private final ReportsOut out;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private boolean passedOn;

    private StreamPreparing(ReportsOut out) {
        this.out = out;
        thread = Thread.ofPlatform().daemon().name("stream-preparing").unstarted(this::run);
    }

    public static StreamPreparing start(StreamTicket ticket) throws IOException {
        StreamPreparing preparing = new StreamPreparing(ReportsOut.open(ticket));
        preparing.thread.start();
        return preparing;
    }

    private void run() {
        try {
            do {
                out.send(Report.ofPreparing(out.ticket().blocks()));
            } while (!over.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Joins the group and asks for {@code wanted}; once. */
    public StreamListening listen(BitSet wanted, Buffers buffers) throws IOException {
        end(); // the sender shall hear nothing older than the first report of who listens
        passedOn = true;
        return StreamListening.start(out, wanted, buffers);
    }

    private void end() throws InterruptedIOException {
        over.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Who prepares no more says nothing more. */
    @Override
    public void close() throws IOException {
        if (!passedOn) {
            end();
            out.close();
        }
    }
}
