package firstlight.image.chunk;

import firstlight.image.ImageFailure;

/** A chunk whose content is not what its id says: flipped in the store, on the way or by whoever made it. */
public final class DamagedChunk extends ImageFailure {
    private static final long serialVersionUID = 1;

    private final transient ChunkId id;

    public DamagedChunk(ChunkId id, String cause) {
        super(
                "Chunk " + id + " is damaged",
                cause,
                "Verify the image on the server; if it is sound there, check the PC's memory and network");
        this.id = id;
    }

    public ChunkId id() {
        return id;
    }
}
