package firstlight.image.restore;

import firstlight.image.chunk.ChunkStream;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.ChunkOrder;
import firstlight.image.work.Workers;
import java.io.IOException;

/** One thread of a restore from a stream: unpacks, verifies and writes chunks as they come, to all their places. */
final class StreamWorker implements Workers.Worker<ChunkStream.Arrival> {
    private final ChunkOrder order;
    private final Destinations destinations;
    private final WriteWorker writer;

    StreamWorker(ChunkOrder order, Destinations destinations, WriteWorker writer) {
        this.order = order;
        this.destinations = destinations;
        this.writer = writer;
    }

    /** A chunk that is not what its id says stays wanted, and is fetched afterwards: who is to blame shows then. */
    @Override
    public void work(ChunkStream.Arrival arrival) throws IOException {
        int length;
        try {
            length = writer.unpack(order.get(arrival.chunk()), arrival.frame());
        } catch (DamagedChunk onTheWay) {
            return;
        }
        destinations.each(arrival.chunk(), (target, cell) -> writer.arrived(target, cell, length));
    }

    @Override
    public void close() {
        writer.close();
    }
}
