package firstlight.image.extents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds to a Btrfs' map what partclone 0.3.23 leaves out of it: the second copy of what is kept twice on one device (profile
 * DUP, the usual one of metadata). Without it a file system works until somebody looks at all copies (scrub), or until the first
 * one is damaged. The map's octets in one copy of a chunk are those of the other.
 *
 * <p>Offsets are those of the kernel's {@code btrfs_tree.h}; all numbers are little-endian.
 */
final class BtrfsCopies {
    private static final int SUPER = 64 * 1024;
    private static final int SUPER_LENGTH = 4096;
    private static final int SYSTEM_CHUNKS = 0x32B;
    private static final int MOST_SYSTEM_CHUNKS = 2048;
    private static final int KEY = 17;
    private static final int HEADER = 101;
    private static final int CHUNK_ITEM = 228;
    private static final int FIRST_STRIPE = 48;
    private static final int STRIPE = 32;
    private static final long DUP = 1 << 5;
    private static final int MOST_LEVELS = 8;

    /** @param stripes where its copies start on the device; of other profiles than DUP the first matters only */
    private record Chunk(long logical, long length, long type, List<Long> stripes) {}

    private final Volume volume;
    private final int nodeSize;
    private final List<Chunk> chunks = new ArrayList<>();

    private BtrfsCopies(Volume volume, int nodeSize) {
        this.volume = volume;
        this.nodeSize = nodeSize;
    }

    /**
     * @param map of a Btrfs on one device
     * @throws IllegalArgumentException when its chunk tree contradicts itself
     */
    static UsedMap completed(Volume volume, UsedMap map) throws IOException {
        List<long[]> ranges = new ArrayList<>(map.used().ranges());
        for (Chunk chunk : chunks(volume)) {
            if ((chunk.type() & DUP) == 0) {
                continue;
            }
            for (long from : chunk.stripes()) {
                for (long[] range : within(map.used(), from, from + chunk.length())) {
                    for (long to : chunk.stripes()) {
                        ranges.add(new long[] {range[0] - from + to, range[1] - from + to});
                    }
                }
            }
        }
        Extents all = Extents.union(ranges);
        return new UsedMap(all, Math.max(map.end(), all.end()));
    }

    private static List<long[]> within(Extents used, long start, long end) {
        List<long[]> ranges = new ArrayList<>();
        for (int i = used.firstEndingAfter(start); i < used.count() && used.start(i) < end; i++) {
            ranges.add(new long[] {Math.max(start, used.start(i)), Math.min(end, used.end(i))});
        }
        return ranges;
    }

    private static List<Chunk> chunks(Volume volume) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(volume.octets(SUPER, SUPER_LENGTH)).order(ByteOrder.LITTLE_ENDIAN);
        int nodeSize = in.getInt(0x94);
        int length = in.getInt(0xA0);
        int level = in.get(0xC7);
        if (nodeSize < 4096 || nodeSize > 65536 || length < 0 || length > MOST_SYSTEM_CHUNKS || level >= MOST_LEVELS) {
            throw new IllegalArgumentException("its superblock makes no sense");
        }
        BtrfsCopies tree = new BtrfsCopies(volume, nodeSize);
        List<Chunk> all = new ArrayList<>();
        for (int at = SYSTEM_CHUNKS; at < SYSTEM_CHUNKS + length; ) {
            Chunk chunk = chunk(in, at + 9, at + KEY);
            tree.chunks.add(chunk);
            at += KEY + FIRST_STRIPE + STRIPE * chunk.stripes().size();
        }
        tree.walk(in.getLong(0x58), level, all);
        return all;
    }

    /** The system chunks tell where the chunk tree itself is. */
    private void walk(long logical, int level, List<Chunk> found) throws IOException {
        ByteBuffer in =
                ByteBuffer.wrap(volume.octets(physical(logical), nodeSize)).order(ByteOrder.LITTLE_ENDIAN);
        int items = in.getInt(0x60);
        int itemLength = level == 0 ? KEY + 8 : KEY + 16;
        if (in.getLong(0x30) != logical || in.get(0x64) != level || items < 0 || items > nodeSize / itemLength) {
            throw new IllegalArgumentException("its chunk tree is not where it is said to be");
        }
        for (int i = 0; i < items; i++) {
            int at = HEADER + i * itemLength;
            if (level > 0) {
                walk(in.getLong(at + KEY), level - 1, found);
            } else if ((in.get(at + 8) & 0xFF) == CHUNK_ITEM) {
                found.add(chunk(in, at + 9, HEADER + in.getInt(at + KEY)));
            }
        }
    }

    private long physical(long logical) {
        for (Chunk chunk : chunks) {
            if (logical >= chunk.logical() && logical + nodeSize <= chunk.logical() + chunk.length()) {
                return logical - chunk.logical() + chunk.stripes().getFirst();
            }
        }
        throw new IllegalArgumentException("its chunk tree lies in no system chunk");
    }

    /** @param logicalAt where its key says its logical address */
    private static Chunk chunk(ByteBuffer in, int logicalAt, int at) {
        try {
            int count = in.getShort(at + 44) & 0xFFFF;
            List<Long> stripes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                stripes.add(in.getLong(at + FIRST_STRIPE + i * STRIPE + 8));
            }
            if (count == 0) {
                throw new IllegalArgumentException("a chunk of it lies nowhere");
            }
            return new Chunk(in.getLong(logicalAt), in.getLong(at), in.getLong(at + 24), stripes);
        } catch (IndexOutOfBoundsException cut) {
            throw new IllegalArgumentException("a chunk of it is cut off", cut);
        }
    }
}
