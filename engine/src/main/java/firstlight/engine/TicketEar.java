package firstlight.engine;

import firstlight.image.chunk.ChunkStream;
import firstlight.multicast.Buffers;
import firstlight.multicast.StreamListening;
import firstlight.multicast.StreamPreparing;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** By a ticket, with real sockets: until it listens it says that it will. */
final class TicketEar implements StreamEar {
    private final StreamTicket ticket;
    private final StreamPreparing preparing;
    private final LongAdder foreign = new LongAdder();
    private @Nullable StreamListening listening;

    TicketEar(StreamTicket ticket) throws IOException {
        this.ticket = ticket;
        preparing = StreamPreparing.start(ticket);
    }

    @Override
    public int stream() {
        return ticket.stream();
    }

    @Override
    public boolean hasHeard() {
        StreamListening from = listening;
        return from != null && from.hasHeard();
    }

    @Override
    public int blocks() {
        return ticket.blocks();
    }

    @Override
    public void want(BitSet chunks) throws IOException {
        listening = preparing.listen(chunks, Buffers.forThisMachine());
    }

    @Override
    public Optional<ChunkStream.Arrival> next() throws InterruptedException {
        StreamListening from = listening;
        if (from == null) {
            return Optional.empty();
        }
        for (var block = from.next(); block.isPresent(); block = from.next()) {
            Optional<byte[]> frame = from.open(block.get());
            // Its room is for the next one, whatever it held.
            from.release(block.get());
            if (frame.isPresent()) {
                return Optional.of(new ChunkStream.Arrival(block.get().block(), frame.get()));
            }
            foreign.increment(); // fetched afterwards
        }
        return Optional.empty();
    }

    @Override
    public boolean brokeOff() {
        StreamListening from = listening;
        return from != null && from.brokeOff();
    }

    @Override
    public long foreign() {
        return foreign.sum();
    }

    @Override
    public String words() {
        StreamListening from = listening;
        return from == null ? "" : from.words();
    }

    @Override
    public String toString() {
        return ticket.group() + ":" + ticket.port();
    }

    @Override
    public void close() throws IOException {
        preparing.close();
        StreamListening from = listening;
        if (from != null) {
            from.close();
        }
    }
}
