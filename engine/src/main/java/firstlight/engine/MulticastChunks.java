package firstlight.engine;

import firstlight.image.chunk.ChunkStream;
import firstlight.multicast.Buffers;
import firstlight.multicast.StreamListening;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The chunks that a session's stream brings. Whatever goes wrong with it, the restore goes on: by unicast. */
final class MulticastChunks implements ChunkStream, AutoCloseable {
    private final StreamTicket ticket;
    private final Reports reports;
    private final Console console;
    private final LongAdder octets = new LongAdder();
    private final LongAdder foreign = new LongAdder();
    private @Nullable StreamListening listening;

    MulticastChunks(StreamTicket ticket, Reports reports, Console console) {
        this.ticket = ticket;
        this.reports = reports;
        this.console = console;
    }

    @Override
    public void want(BitSet chunks) {
        if (chunks.length() > ticket.blocks()) {
            tell("the multicast stream is of another image than the manifest");
            return;
        }
        try {
            listening = StreamListening.start(ticket, chunks, Buffers.forThisMachine());
            tell("listening to " + ticket.group() + ":" + ticket.port() + " for " + chunks.cardinality() + " chunks");
        } catch (IOException e) {
            tell("no multicast for this PC: " + e.getMessage());
        }
    }

    @Override
    public Optional<Arrival> next() throws IOException {
        StreamListening from = listening;
        if (from == null) {
            return Optional.empty();
        }
        try {
            for (var block = from.next(); block.isPresent(); block = from.next()) {
                Optional<byte[]> frame = from.open(block.get());
                from.release(block.get());
                if (frame.isPresent()) {
                    octets.add(frame.get().length);
                    return Optional.of(new Arrival(block.get().block(), frame.get()));
                }
                foreign.increment(); // fetched afterwards
            }
            return Optional.empty();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }

    /** For the result: what came by the stream. */
    String words() {
        return ", " + (octets.sum() >> 20) + " MiB of them by multicast"
                + (foreign.sum() == 0 ? "" : " (" + foreign + " blocks held something that the server had not sent)");
    }

    private void tell(String words) {
        console.line(words);
        reports.note(words);
    }

    @Override
    public void close() {
        StreamListening from = listening;
        if (from != null) {
            from.close();
            tell(from.words());
        }
    }
}
