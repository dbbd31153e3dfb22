package firstlight.image.manifest;

import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * A region's used blocks and chunk ids. All numbers are varints (7 bits an octet, low ones first), block numbers count
 * {@value #UNIT} octets.
 *
 * <pre>
 *  number of ranges; for each: gap since the last range's end, length
 *  runs of chunks, as many as the ranges touch cells: count * 2 + 1 followed by count ids of 32 octets,
 *                                                     or count * 2 for zero chunks
 * </pre>
 */
final class BlocksCodec {
    /** The smallest sector there is; every file system's blocks are multiples of it. */
    static final int UNIT = 512;

    /** A gigabyte of ids. A manifest that claims more is a mistake or an attack. */
    private static final int MAX_CELLS = 1 << 25;

    private BlocksCodec() {}

    static void encode(Content.Blocks blocks, ByteArrayOutputStream out) {
        Extents used = blocks.used();
        Varint.put(out, used.count());
        long end = 0;
        for (int i = 0; i < used.count(); i++) {
            Varint.put(out, units(used.start(i) - end));
            Varint.put(out, units(used.end(i) - used.start(i)));
            end = used.end(i);
        }
        ChunkTable chunks = blocks.chunks();
        byte[] id = new byte[ChunkId.LENGTH];
        for (int from = 0; from < chunks.size(); ) {
            boolean zero = chunks.get(from).isZero();
            int to = from + 1;
            while (to < chunks.size() && chunks.get(to).isZero() == zero) {
                to++;
            }
            Varint.put(out, 2L * (to - from) + (zero ? 0 : 1));
            for (; from < to; from++) {
                if (!zero) {
                    chunks.get(from).put(id, 0);
                    out.writeBytes(id);
                }
            }
        }
    }

    static Content.Blocks decode(Content.Method method, int chunkSize, ByteBuffer in) {
        Extents.Builder used = new Extents.Builder();
        long end = 0;
        for (long ranges = Varint.get(in); ranges > 0; ranges--) {
            long start = Math.addExact(end, Math.multiplyExact(Varint.get(in), UNIT));
            long length = Math.multiplyExact(Varint.get(in), UNIT);
            end = Math.addExact(start, length);
            used.add(start, end);
        }
        Extents extents = used.build();
        int cells = extents.cells(chunkSize);
        if (cells > MAX_CELLS) {
            throw new IllegalArgumentException(cells + " chunks in one region");
        }
        ChunkTable.Builder chunks = new ChunkTable.Builder(cells, chunkSize);
        for (int index = 0; index < cells; ) {
            long run = Varint.get(in);
            long count = run >>> 1;
            if (count == 0 || count > cells - index) {
                throw new IllegalArgumentException(
                        "a run of " + count + " chunks where " + (cells - index) + " are left");
            }
            for (int last = index + (int) count; index < last; index++) {
                if ((run & 1) == 1) {
                    chunks.set(index, ChunkId.get(in));
                }
            }
        }
        return new Content.Blocks(method, extents, chunks.build());
    }

    private static long units(long octets) {
        if (octets % UNIT != 0) {
            throw new IllegalArgumentException(octets + " octets are not whole sectors");
        }
        return octets / UNIT;
    }
}
