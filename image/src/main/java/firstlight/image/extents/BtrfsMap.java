package firstlight.image.extents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What the extent tree of a Btrfs on one device says is allocated. Read by ourselves: the map of partclone 0.3.23 lacks roots of
 * subvolumes (a restored subvolume then could not be read at all) and the second copy of what is kept twice (profile DUP, the
 * usual one of metadata).
 *
 * <p>Offsets are those of the kernel's {@code btrfs_tree.h}; all numbers are little-endian.
 */
public final class BtrfsMap {
    private static final int SUPER = 64 * 1024;
    private static final int SUPER_LENGTH = 4096;
    /** In the superblock: how long the file system is, on all of its devices. */
    private static final int TOTAL_OCTETS = 0x70;
    /** The superblock's copies, and the 64 KiB before the first one, where boot loaders are. */
    private static final long[] SUPERS = {SUPER, 64L << 20, 256L << 30};

    /** Where the superblock has chunks of its own, which say where the chunk tree lies; and how many octets of them there can be. */
    private static final int SYSTEM_CHUNKS = 0x32B;

    private static final int MOST_SYSTEM_CHUNKS = 2048;
    /** Octets of a key (object, type, offset), and of a block's header before its items. */
    private static final int KEY = 17;

    private static final int HEADER = 101;
    /** More is no tree of Btrfs. */
    private static final int MOST_LEVELS = 8;
    /** The tree's object, and the types of the items that are read. */
    private static final int EXTENT_TREE = 2;

    private static final int ROOT_ITEM = 132;
    private static final int EXTENT_ITEM = 168;
    private static final int METADATA_ITEM = 169;
    private static final int CHUNK_ITEM = 228;
    /** Within a root's item. */
    private static final int ROOT_GENERATION = 160;

    private static final int ROOT_ADDRESS = 176;
    private static final int ROOT_LEVEL = 238;
    /** Within a chunk's item: where its stripes begin, and octets of each, which has its place on the device at 8. */
    private static final int FIRST_STRIPE = 48;

    private static final int STRIPE = 32;
    private static final long DUP = 1 << 5;
    /**
     * Incompatible features up to RAID1C34, and simple quotas. Others note allocation elsewhere (extent tree of version 2, raid
     * stripe and remap trees), have superblocks elsewhere (zoned), or are not known yet.
     */
    private static final long KNOWN = 0xFFF | 1 << 16;

    /** @param stripes where its copies start on the device */
    private record Chunk(long logical, long length, List<Long> stripes) {}

    /** One copy of a chunk. */
    private record Copy(long start, Chunk chunk) {}

    @FunctionalInterface
    private interface Visitor {
        /** @param at where the item's content is in {@code node} */
        void item(long objectId, int type, long offset, ByteBuffer node, int at);
    }

    private final Volume volume;
    private final int nodeSize;
    private final boolean crc32c;
    private List<Chunk> chunks = new ArrayList<>();

    private BtrfsMap(Volume volume, int nodeSize, boolean crc32c) {
        this.volume = volume;
        this.nodeSize = nodeSize;
        this.crc32c = crc32c;
    }

    /** @throws IllegalArgumentException when its trees contradict themselves, or are of a kind that is not known here */
    static UsedMap read(Volume volume) throws IOException {
        ByteBuffer superblock = superblock(volume);
        long end = superblock.getLong(TOTAL_OCTETS);
        if (end > volume.size()) {
            return new UsedMap(Extents.NONE, end); // its trees may lie where nothing is
        }
        try {
            BtrfsMap map = of(volume, superblock);
            map.readChunks(superblock);
            return map.read(superblock);
        } catch (IndexOutOfBoundsException cut) {
            throw new IllegalArgumentException("an item of its trees is cut off", cut);
        }
    }

    /**
     * Where on the device that lies which has addresses of the file system's own, such as FIEMAP tells: every copy.
     *
     * @param addresses start and end each
     * @throws IllegalArgumentException as {@link #read}, and when nothing has an address of these
     */
    public static List<long[]> places(Volume volume, List<long[]> addresses) throws IOException {
        BtrfsMap map = ofChunks(volume);
        List<long[]> places = new ArrayList<>();
        for (long[] range : addresses) {
            long found = 0;
            for (Chunk chunk : map.chunks) {
                long from = Math.max(range[0], chunk.logical());
                long to = Math.min(range[1], chunk.logical() + chunk.length());
                for (long start : from < to ? chunk.stripes() : List.<Long>of()) {
                    places.add(new long[] {from - chunk.logical() + start, to - chunk.logical() + start});
                }
                found += Math.max(0, to - from);
            }
            if (found != range[1] - range[0]) {
                throw new IllegalArgumentException("extents of it lie in no chunk");
            }
        }
        return places;
    }

    private static BtrfsMap ofChunks(Volume volume) throws IOException {
        ByteBuffer superblock = superblock(volume);
        try {
            BtrfsMap map = of(volume, superblock);
            map.readChunks(superblock);
            return map;
        } catch (IndexOutOfBoundsException cut) {
            throw new IllegalArgumentException("an item of its trees is cut off", cut);
        }
    }

    private static ByteBuffer superblock(Volume volume) throws IOException {
        return ByteBuffer.wrap(volume.octets(SUPER, SUPER_LENGTH)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static BtrfsMap of(Volume volume, ByteBuffer in) {
        // Superblock: 0x94 octets of a block, 0xA0 of the system
        // chunks, 0xBC incompatible features, 0xC4 the sum's type.
        int nodeSize = in.getInt(0x94);
        int length = in.getInt(0xA0);
        boolean sane = nodeSize >= 4096 && nodeSize <= 65536 && length > 0 && length <= MOST_SYSTEM_CHUNKS;
        if (!sane || (in.getLong(0xBC) & ~KNOWN) != 0) {
            throw new IllegalArgumentException("its superblock is of a kind that is not known");
        }
        BtrfsMap map = new BtrfsMap(volume, nodeSize, in.getShort(0xC4) == 0);
        if (!map.isSound(in)) {
            throw new IllegalArgumentException("its superblock is damaged");
        }
        for (int at = SYSTEM_CHUNKS; at < SYSTEM_CHUNKS + length; ) {
            Chunk chunk = chunk(in.getLong(at + 9), in, at + KEY);
            map.chunks.add(chunk);
            at += KEY + FIRST_STRIPE + STRIPE * chunk.stripes().size();
        }
        return map;
    }

    private void readChunks(ByteBuffer superblock) throws IOException {
        List<Chunk> all = new ArrayList<>();
        walk(
                superblock.getLong(0x58),
                superblock.get(0xC7),
                superblock.getLong(0xA4),
                (object, type, offset, node, at) -> {
                    if (type == CHUNK_ITEM) {
                        all.add(chunk(offset, node, at));
                    }
                });
        chunks = all;
    }

    private UsedMap read(ByteBuffer superblock) throws IOException {
        List<long[]> root = new ArrayList<>();
        walk(
                superblock.getLong(0x50),
                superblock.get(0xC6),
                superblock.getLong(0x48),
                (object, type, offset, node, at) -> {
                    if (object == EXTENT_TREE && type == ROOT_ITEM) {
                        root.add(new long[] {
                            node.getLong(at + ROOT_ADDRESS),
                            node.get(at + ROOT_LEVEL),
                            node.getLong(at + ROOT_GENERATION)
                        });
                    }
                });
        if (root.size() != 1) {
            throw new IllegalArgumentException("it has " + root.size() + " extent trees");
        }
        Extents.Builder logical = new Extents.Builder();
        walk(root.getFirst()[0], (int) root.getFirst()[1], root.getFirst()[2], (object, type, offset, node, at) -> {
            if (type == EXTENT_ITEM) {
                logical.add(object, object + offset);
            } else if (type == METADATA_ITEM) {
                logical.add(object, object + nodeSize);
            }
        });
        return new UsedMap(physical(logical.build()), superblock.getLong(TOTAL_OCTETS));
    }

    /** Copies by where they are on the device, with the superblocks between: no extent lies on one of these. */
    private Extents physical(Extents logical) {
        List<Copy> copies = new ArrayList<>();
        chunks.forEach(chunk -> chunk.stripes().forEach(start -> copies.add(new Copy(start, chunk))));
        copies.sort(Comparator.comparingLong(Copy::start));
        Extents.Builder used = new Extents.Builder().add(0, SUPER + SUPER_LENGTH);
        int supers = 1;
        long inChunks = 0;
        for (Copy copy : copies) {
            Chunk chunk = copy.chunk();
            long end = chunk.logical() + chunk.length();
            for (int i = logical.firstEndingAfter(chunk.logical());
                    i < logical.count() && logical.start(i) < end;
                    i++) {
                long from = Math.max(chunk.logical(), logical.start(i)) - chunk.logical() + copy.start();
                long to = Math.min(end, logical.end(i)) - chunk.logical() + copy.start();
                for (; supers < SUPERS.length && SUPERS[supers] < from; supers++) {
                    used.add(SUPERS[supers], SUPERS[supers] + SUPER_LENGTH);
                }
                used.add(from, to);
                inChunks += (to - from) / chunk.stripes().size();
            }
        }
        if (inChunks != logical.octets()) {
            throw new IllegalArgumentException("extents of it lie in no chunk");
        }
        for (; supers < SUPERS.length && SUPERS[supers] + SUPER_LENGTH <= volume.size(); supers++) {
            used.add(SUPERS[supers], SUPERS[supers] + SUPER_LENGTH);
        }
        return used.build();
    }

    /** In the order of the keys. {@code generation} is what the block above tells: an older block in that place is a stale one. */
    private void walk(long logical, int level, long generation, Visitor visitor) throws IOException {
        if (level < 0 || level >= MOST_LEVELS) {
            throw new IllegalArgumentException("a tree of it has " + level + " levels");
        }
        ByteBuffer node = node(logical, level, generation);
        int items = node.getInt(0x60);
        for (int i = 0; i < items; i++) {
            int at = HEADER + i * (level == 0 ? KEY + 8 : KEY + 16);
            if (level > 0) {
                walk(node.getLong(at + KEY), level - 1, node.getLong(at + KEY + 8), visitor);
            } else {
                int content = HEADER + node.getInt(at + KEY);
                visitor.item(node.getLong(at), node.get(at + 8) & 0xFF, node.getLong(at + 9), node, content);
            }
        }
    }

    /**
     * Any copy that is sound will do, and of the time that the block above it tells of: a disk may have lost the writing of one.
     */
    private ByteBuffer node(long logical, int level, long generation) throws IOException {
        for (Chunk chunk : chunks) {
            if (logical < chunk.logical() || logical + nodeSize > chunk.logical() + chunk.length()) {
                continue;
            }
            for (long stripe : chunk.stripes()) {
                long at = logical - chunk.logical() + stripe;
                if (at < 0 || at > volume.size() - nodeSize) {
                    continue;
                }
                byte[] octets = volume.octets(at, nodeSize);
                ByteBuffer node = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
                boolean right = node.getLong(0x30) == logical && node.getLong(0x50) == generation;
                if (right && node.get(0x64) == level && isSound(node)) {
                    return node;
                }
            }
        }
        throw new IllegalArgumentException("a block of its trees is damaged, at " + logical);
    }

    /** @param node all of it; the superblock has its checksum as blocks have */
    private boolean isSound(ByteBuffer node) {
        if (!crc32c) {
            return true;
        }
        CRC32C crc = new CRC32C();
        crc.update(node.duplicate().position(32));
        return (int) crc.getValue() == node.getInt(0);
    }

    private static Chunk chunk(long logical, ByteBuffer in, int at) {
        int count = in.getShort(at + 44) & 0xFFFF;
        if (count == 0 || (count > 1 && (in.getLong(at + 24) & DUP) == 0)) {
            throw new IllegalArgumentException("a chunk of it is spread over several places");
        }
        List<Long> stripes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stripes.add(in.getLong(at + FIRST_STRIPE + i * STRIPE + 8));
        }
        return new Chunk(logical, in.getLong(at), stripes);
    }
}
