package firstlight.image.addon;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * An add-on's content on its way into chunks: files one after the other. A file of a cell or more begins a new cell, so that it
 * has the same chunks in every version and in every add-on; small ones share cells.
 */
final class ContentWriter implements AutoCloseable {
    /** A manifest's tables count 512 octets: the content ends at a whole number of them. */
    private static final int SECTOR = 512;
    /** Chunks that the store is asked for, and sent, at once. */
    private static final int BATCH = 16;
    /** zstd's, as where a capture has processors enough; the night's packing does better. */
    private static final int LEVEL = 3;

    private final ChunkSink sink;
    private final ChunkCodec codec = new ChunkCodec(LEVEL);
    private final byte[] cell = new byte[Chunk.SIZE];
    private final List<ChunkId> ids = new ArrayList<>();
    private final List<ChunkFrame> batch = new ArrayList<>();
    /** Octets of {@link #cell} that are there already; less than a cell between calls. */
    private int filled;

    ContentWriter(ChunkSink sink) {
        this.sink = sink;
    }

    /** Where in the content a file of so many octets begins, which {@link #write} is given next: in a new cell, if it fills one. */
    long begin(long octets) throws IOException {
        if (octets >= Chunk.SIZE && filled > 0) {
            Arrays.fill(cell, filled, Chunk.SIZE, (byte) 0);
            filled = Chunk.SIZE;
            endCell();
        }
        return (long) ids.size() * Chunk.SIZE + filled;
    }

    void write(byte[] octets, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = Math.min(length - done, Chunk.SIZE - filled);
            System.arraycopy(octets, done, cell, filled, count);
            filled += count;
            done += count;
            if (filled == Chunk.SIZE) {
                endCell();
            }
        }
    }

    private void endCell() throws IOException {
        if (ChunkCodec.isZero(cell, 0, filled)) {
            ids.add(ChunkId.ZERO);
        } else {
            ChunkId id = ChunkId.of(cell, 0, filled);
            ids.add(id);
            batch.add(codec.pack(id, cell, 0, filled));
            if (batch.size() == BATCH) {
                send();
            }
        }
        filled = 0;
    }

    private void send() throws IOException {
        BitSet missing = sink.missing(batch.stream().map(ChunkFrame::id).toList());
        sink.put(missing.stream().mapToObj(batch::get).toList());
        batch.clear();
    }

    /** Sends what is left; nothing can be written afterwards. Filled up with zeros to whole sectors. */
    Content.Blocks end() throws IOException {
        long octets = (long) ids.size() * Chunk.SIZE;
        if (filled > 0) {
            int whole = (filled + SECTOR - 1) / SECTOR * SECTOR;
            Arrays.fill(cell, filled, whole, (byte) 0);
            filled = whole;
            octets += whole;
            endCell();
        }
        send();
        ChunkTable.Builder chunks = new ChunkTable.Builder(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            chunks.set(i, ids.get(i));
        }
        return new Content.Blocks(Content.Method.RAW, Extents.of(0, octets), chunks.build());
    }

    @Override
    public void close() {
        codec.close();
    }
}
