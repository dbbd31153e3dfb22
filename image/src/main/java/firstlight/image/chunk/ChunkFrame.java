package firstlight.image.chunk;

/**
 * A chunk as it travels and is stored: its id and the zstd frame of its content. Compares by identity of the array on
 * purpose, for it is never copied on its way; whoever makes one leaves the array alone.
 */
@SuppressWarnings("ArrayRecordComponent")
public record ChunkFrame(ChunkId id, byte[] frame) {}
