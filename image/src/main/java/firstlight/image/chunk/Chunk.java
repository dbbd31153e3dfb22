package firstlight.image.chunk;

/** What all chunks have in common. docs/adr says why this size. */
public final class Chunk {
    /** Octets of a chunk's plain content; a region's last chunk may be shorter. */
    public static final int SIZE = 256 * 1024;

    /** No zstd frame of a chunk is longer (zstd's own bound for {@link #SIZE} is about 257 KiB). */
    public static final int MAX_FRAME = SIZE + 4096;

    private Chunk() {}
}
