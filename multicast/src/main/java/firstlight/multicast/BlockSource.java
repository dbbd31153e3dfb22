package firstlight.multicast;

import java.io.IOException;

/** Where a stream's blocks come from: a store's chunks, in their order. Asked by several threads. */
@FunctionalInterface
public interface BlockSource {
    /**
     * The zstd frame of the chunk {@code block}. Always the same octets for one block.
     *
     * @throws LostBlock when it is gone or damaged
     * @throws IOException when it cannot be read just now
     */
    byte[] frame(int block) throws IOException;
}
