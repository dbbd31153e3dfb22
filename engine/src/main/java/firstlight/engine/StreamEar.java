package firstlight.engine;

import firstlight.image.chunk.ChunkStream;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/** One member number of one multicast stream. */
interface StreamEar extends AutoCloseable {
    /** Which stream: one that was made anew has another number. */
    int stream();

    /** Whether anything of it came to this PC. */
    boolean hasHeard();

    /** How many blocks the stream's image has. */
    int blocks();

    /**
     * Listens from now on. Called once, before the first {@link #next}.
     *
     * @param chunks by their numbers in the manifest
     * @throws IOException when the sockets cannot be opened: the PC fetches then
     */
    void want(BitSet chunks) throws IOException;

    /** The next one that came whole; empty when no more will come. For many threads. */
    Optional<ChunkStream.Arrival> next() throws InterruptedException;

    /** Whether the stream went away before this PC had what it wanted; it may be there again. */
    boolean brokeOff();

    /** Blocks that somebody without the stream's secret has put something into. */
    long foreign();

    /** One line for people: how it ended, and what may be the reason; before {@link #want} too. */
    String words();

    @Override
    void close() throws IOException;
}
