package firstlight.image.extents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * The nodes of an F2FS that was unmounted: inodes, and the lists of where a file's blocks are (linux/f2fs_fs.h and
 * Documentation/filesystems/f2fs.rst). A node is known by its number. Where it lies stands in a table that has each of its blocks twice, of
 * which a bitmap in the checkpoint tells the one that counts, and in a journal of the table's newest changes.
 *
 * <p>Throws IllegalArgumentException of what contradicts itself.
 */
public final class F2fsNodes {
    public static final int BLOCK = 4096;
    private static final int SUPERBLOCK = 1024;
    /** Blocks. */
    private static final int SEGMENT = 512;

    private static final int FLEXIBLE_INLINE_XATTR = 0x40;

    /** An entry of the table: a version, the inode that the node belongs to, its block. */
    private static final int ENTRY = 9;

    private static final int ENTRIES = BLOCK / ENTRY;

    private static final int BITMAPS = 192; // in the checkpoint: of the segments' table, then of the nodes'
    private static final int BITMAPS_END = BLOCK - 4;

    // The journal lies in the summary of the segment that hot data are written to: behind the summary's entries, or
    // first in a checkpoint that has its summaries close together.
    private static final int COMPACT_SUMMARIES = 0x4;
    private static final int SUMMARIES = SEGMENT * 7;
    private static final int LOGS = 6; // as many segments are written to at once; each has a summary at the end
    /** Entries that there is room for: more is no journal. */
    private static final int JOURNAL_MOST = 38;

    private final Volume volume;
    private final ByteBuffer superblock;
    private final byte[] second;
    private final Map<Integer, Long> journal = new HashMap<>();

    private F2fsNodes(Volume volume, ByteBuffer superblock, byte[] second) {
        this.volume = volume;
        this.superblock = superblock;
        this.second = second;
    }

    /** Of a volume that {@link UsedBlocks#doubt} does not doubt. */
    public static F2fsNodes read(Volume volume) throws IOException {
        byte[] window = volume.window();
        F2fsCheckpoint checkpoint = F2fsCheckpoint.newest(volume, window)
                .orElseThrow(() -> new IllegalArgumentException("both of its checkpoints are damaged"));
        ByteBuffer head = checkpoint.head();
        long start = BITMAPS + Integer.toUnsignedLong(head.getInt(156));
        long length = Integer.toUnsignedLong(head.getInt(160));
        if (start + length > BITMAPS_END) {
            throw new IllegalArgumentException("the bitmaps of its checkpoint are longer than that");
        }
        byte[] second = new byte[(int) length];
        head.get((int) start, second);
        ByteBuffer superblock = ByteBuffer.wrap(window, SUPERBLOCK, window.length - SUPERBLOCK)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        F2fsNodes nodes = new F2fsNodes(volume, superblock, second);
        nodes.readJournal(checkpoint);
        return nodes;
    }

    private void readJournal(F2fsCheckpoint checkpoint) throws IOException {
        boolean compact = (checkpoint.flags() & COMPACT_SUMMARIES) != 0;
        int summary = compact ? checkpoint.head().getInt(140) : checkpoint.blocks() - LOGS - 1;
        if (summary < 1 || summary >= checkpoint.blocks()) {
            throw new IllegalArgumentException("its checkpoint has no room for its journal");
        }
        ByteBuffer in = block(checkpoint.offset() / BLOCK + summary);
        in.position(compact ? 0 : SUMMARIES);
        int entries = Short.toUnsignedInt(in.getShort());
        if (entries > JOURNAL_MOST) {
            throw new IllegalArgumentException("its journal has " + entries + " entries");
        }
        for (int i = 0; i < entries; i++) {
            int node = in.getInt();
            in.position(in.position() + 5);
            journal.put(node, Integer.toUnsignedLong(in.getInt()));
        }
    }

    /** The number of the root's inode. */
    public int root() {
        return superblock.getInt(96);
    }

    /** Whether each inode says how much room it keeps for attributes; else it is always the same. */
    public boolean hasFlexibleAttributes() {
        return (superblock.getInt(2180) & FLEXIBLE_INLINE_XATTR) != 0;
    }

    /** Blocks that files and nodes can have. */
    public long blocks() {
        return field(68) * SEGMENT;
    }

    /** A node that belongs to {@code inode}, as its last octets say as well. */
    public ByteBuffer node(int number, int inode) throws IOException {
        ByteBuffer node = content(address(number));
        if (node.getInt(BLOCK - 24) != number || node.getInt(BLOCK - 20) != inode) {
            throw new IllegalArgumentException("the node " + Integer.toUnsignedString(number) + " of inode "
                    + Integer.toUnsignedString(inode) + " is another one");
        }
        return node;
    }

    /** A block of a file or folder, or a node. */
    public ByteBuffer content(long block) throws IOException {
        return block(checked(block));
    }

    /** Returns {@code block} if it is one that a file can have. */
    public long checked(long block) {
        long first = field(92);
        if (block < first || block >= first + blocks() || (block + 1) * BLOCK > volume.size()) {
            throw new IllegalArgumentException("block " + block + " is none that files can have");
        }
        return block;
    }

    private long address(int node) throws IOException {
        Long changed = journal.get(node);
        if (changed != null) {
            return changed;
        }
        long block = Integer.toUnsignedLong(node) / ENTRIES;
        if (block >= field(60) / 2 * SEGMENT || block >= 8L * second.length) {
            throw new IllegalArgumentException("its tables know no node " + Integer.toUnsignedString(node));
        }
        boolean isSecond = (second[(int) block / 8] & 0x80 >> block % 8) != 0;
        long place = field(84) + 2 * block - block % SEGMENT + (isSecond ? SEGMENT : 0);
        return Integer.toUnsignedLong(block(place).getInt(Integer.remainderUnsigned(node, ENTRIES) * ENTRY + 5));
    }

    /**
     * Of the superblock: 60 segments of the nodes' table, both copies; 68
     * those of files and nodes; 84 and 92 the blocks where these begin.
     */
    private long field(int offset) {
        return Integer.toUnsignedLong(superblock.getInt(offset));
    }

    private ByteBuffer block(long number) throws IOException {
        if ((number + 1) * BLOCK > volume.size()) {
            throw new IllegalArgumentException("its tables lie behind its end");
        }
        return ByteBuffer.wrap(volume.octets(number * BLOCK, BLOCK)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
