package firstlight.image.store;

import firstlight.image.chunk.ChunkFrame;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Frames one after the other, each with its id before it. Read by many threads, appended to by one. */
interface Pack extends Closeable {
    String name();

    long size() throws IOException;

    /** Writes all of {@code frames} from {@code offset} on; returns the offset behind them. */
    long append(long offset, List<ChunkFrame> frames) throws IOException;

    /** The frame at {@code offset}; empty when there is none, as behind the last one or where writing was cut short. */
    Optional<ChunkFrame> read(long offset) throws IOException;

    /** What lies there, frames or not: {@code length} octets, fewer where the pack ends. */
    byte[] octets(long offset, int length) throws IOException;

    /** The frame of a chunk; empty when something else is there, or a bad sector, also the second time. */
    default Optional<ChunkFrame> read(PackList.Entry entry) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return read(entry.offset()).filter(frame -> frame.id().equals(entry.id()));
            } catch (IOException unreadable) {
                if (!MediumError.is(unreadable)) {
                    throw unreadable;
                }
                if (attempt == 2) {
                    return Optional.empty();
                }
            }
        }
    }

    /** Returns when all that was appended is durable. */
    void sync() throws IOException;

    /** Takes away what lies behind {@code size}. Only of a pack that {@link #growsOn}. */
    void cutTo(long size) throws IOException;

    /** Whether it can be appended to after a {@link #sync}. */
    boolean growsOn();
}
