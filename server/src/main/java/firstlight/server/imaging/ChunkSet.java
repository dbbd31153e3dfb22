package firstlight.server.imaging;

import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.Manifest;
import java.util.Arrays;

/**
 * The chunks of one image, for the question whether a chunk is one of them. 64 bits of each SHA-256: to slip another image's
 * chunk through, somebody would have to make content whose hash shares them, and know the other's id already.
 */
final class ChunkSet {
    private final long[] sorted;

    private ChunkSet(long[] sorted) {
        this.sorted = sorted;
    }

    static ChunkSet of(Manifest manifest) {
        int[] count = new int[1];
        manifest.forEachChunk(_ -> count[0]++);
        long[] sorted = new long[count[0]];
        int[] next = new int[1];
        manifest.forEachChunk(id -> sorted[next[0]++] = id.first());
        Arrays.sort(sorted);
        return new ChunkSet(sorted);
    }

    boolean holds(ChunkId id) {
        return Arrays.binarySearch(sorted, id.first()) >= 0;
    }
}
