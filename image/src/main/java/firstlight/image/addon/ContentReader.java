package firstlight.image.addon;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An add-on's content, read from front to back; every chunk is verified before an octet of it is given out. */
final class ContentReader implements AutoCloseable {
    /** Chunks that are fetched in one question: files lie in the content's order, and are laid down in it. */
    private static final int AHEAD = 16;

    private final Content.Blocks content;
    private final ChunkSource source;
    private final ChunkCodec codec = new ChunkCodec(1);
    /** The cell {@link #current}, unpacked and verified; zeros behind a shorter chunk. */
    private final byte[] cell = new byte[Chunk.SIZE];

    private int current = -1;

    /** What was fetched last. */
    private List<ChunkId> wanted = List.of();

    private List<byte[]> frames = List.of();

    ContentReader(Content.Blocks content, ChunkSource source) {
        this.content = content;
        this.source = source;
    }

    /** The octets from {@code offset} to the end of the cell that it is in, {@code most} at most; gives their number. */
    int read(long offset, byte[] into, int most) throws IOException {
        int index = (int) (offset / Chunk.SIZE);
        if (index != current) {
            unpack(index);
            current = index;
        }
        int from = (int) (offset % Chunk.SIZE);
        int count = Math.min(most, Chunk.SIZE - from);
        System.arraycopy(cell, from, into, 0, count);
        return count;
    }

    private void unpack(int index) throws IOException {
        ChunkId id = content.chunks().get(index);
        int length = 0;
        if (!id.isZero()) {
            if (!wanted.contains(id)) {
                fetch(index);
            }
            length = unpack(id, frames.get(wanted.indexOf(id)));
        }
        Arrays.fill(cell, length, Chunk.SIZE, (byte) 0);
    }

    /** What comes damaged is asked for once more: another server may have it whole. */
    private int unpack(ChunkId id, byte[] frame) throws IOException {
        try {
            return codec.unpack(id, frame, cell, 0);
        } catch (DamagedChunk damaged) {
            return codec.unpack(id, source.again(id), cell, 0);
        }
    }

    /** From {@code index} on, each chunk once. */
    private void fetch(int index) throws IOException {
        List<ChunkId> ids = new ArrayList<>(AHEAD);
        for (int i = index; i < content.chunks().size() && ids.size() < AHEAD; i++) {
            ChunkId id = content.chunks().get(i);
            if (!id.isZero() && !ids.contains(id)) {
                ids.add(id);
            }
        }
        frames = source.get(ids);
        wanted = ids;
    }

    @Override
    public void close() {
        codec.close();
    }
}
