package firstlight.image.chunk;

import java.io.IOException;
import java.util.List;

/** Gives chunks: a store, or a server's store seen over the network. Many threads use one at once. */
public interface ChunkSource {
    /**
     * The zstd frames of {@code ids} in their order. Not yet verified: whoever unpacks does that.
     *
     * @throws firstlight.image.ImageFailure when a chunk is not there
     */
    List<byte[]> get(List<ChunkId> ids) throws IOException;

    /**
     * The frame of a chunk that came damaged. A source that can look into the damage does so, and mends it if it can.
     *
     * @throws firstlight.image.ImageFailure when it is lost
     */
    default byte[] again(ChunkId damaged) throws IOException {
        return get(List.of(damaged)).getFirst();
    }
}
