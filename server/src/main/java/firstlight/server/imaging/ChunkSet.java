package firstlight.server.imaging;

import firstlight.image.chunk.ChunkId;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The chunks of one image, for the question whether a chunk is one of them. 64 bits of each SHA-256: to slip another image's chunk
 * through, somebody would have to make content whose hash shares them, and know the other's id already. Eight octets a chunk instead of
 * some hundred; never changed, so for any thread.
 */
final class ChunkSet {
    /** Of nothing that is known. */
    static final ChunkSet NONE = new ChunkSet(new long[0]);

    private final long[] sorted;

    private ChunkSet(long[] sorted) {
        this.sorted = sorted;
    }

    /** @param each tells all chunks, the same each time */
    static ChunkSet of(Consumer<Consumer<ChunkId>> each) {
        int[] count = new int[1];
        each.accept(_ -> count[0]++);
        long[] sorted = new long[count[0]];
        int[] next = new int[1];
        each.accept(id -> sorted[next[0]++] = id.first());
        Arrays.sort(sorted);
        return new ChunkSet(sorted);
    }

    int size() {
        return sorted.length;
    }

    boolean holds(ChunkId id) {
        return Arrays.binarySearch(sorted, id.first()) >= 0;
    }
}
