package firstlight.image.chunk;

/** What all chunks have in common. docs/adr/0006 and 0033 say why these sizes. */
public final class Chunk {
    /**
     * Octets of a chunk's plain content in all images but those of disks with more in use than {@link
     * firstlight.image.manifest.Manifest#MOST_CHUNKS} of them hold; a region's last chunk may be shorter.
     */
    public static final int SIZE = 256 * 1024;

    /** Octets of the longest chunk that any image has: as long as a batch of the usual ones, so that buffers are the same. */
    public static final int LARGEST = 8 * SIZE;

    /** No zstd frame of a chunk is longer (zstd's own bound for {@link #LARGEST} is 8 KiB more). */
    public static final int MAX_FRAME = LARGEST + 16 * 1024;

    private Chunk() {}

    /** Whether an image may be cut into chunks of so many octets: {@link #SIZE}, doubled up to {@link #LARGEST}. */
    public static boolean isSize(long octets) {
        return octets >= SIZE && octets <= LARGEST && Long.bitCount(octets) == 1;
    }
}
