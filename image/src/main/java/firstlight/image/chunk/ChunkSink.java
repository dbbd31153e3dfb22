package firstlight.image.chunk;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** Takes chunks: a store, or a server's store seen over the network. Many threads use one at once. */
public interface ChunkSink {
    /** Bit i is set when the sink does not have {@code ids.get(i)} yet. */
    BitSet missing(List<ChunkId> ids) throws IOException;

    /**
     * Takes all or throws; a chunk that the sink has already is no mistake.
     *
     * @throws DamagedChunk when a frame does not hold what its id says
     */
    void put(List<ChunkFrame> frames) throws IOException;
}
