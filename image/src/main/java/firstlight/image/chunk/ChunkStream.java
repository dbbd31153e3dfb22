package firstlight.image.chunk;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/**
 * Chunks that come in an order which nobody here chooses, and perhaps not all: a multicast stream. Numbers are those of {@link
 * firstlight.image.manifest.ChunkOrder}.
 */
public interface ChunkStream {
    /** Asks for these chunks. Called once, before the first {@link #next}. */
    void want(BitSet chunks) throws IOException;

    /** The next one that came. Empty when no more will come: what is missing has to be got elsewhere. For many threads. */
    Optional<Arrival> next() throws IOException;

    /** @param frame the chunk's zstd frame, not yet verified */
    @SuppressWarnings("ArrayRecordComponent")
    record Arrival(int chunk, byte[] frame) {}
}
