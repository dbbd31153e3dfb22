package firstlight.image.leftout;

import firstlight.image.extents.F2fsNodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An inode of F2FS (linux/f2fs_fs.h, struct f2fs_inode), which fills a block. Behind what it says of the file there may be more
 * that later versions say; then come addresses of blocks, or a small file or folder itself; then room for attributes; then the
 * nodes that list further addresses.
 */
final class F2fsInode {
    private static final int TYPE = 0xF000;
    private static final int FOLDER = 0x4000;
    private static final int REGULAR = 0x8000;

    /** Bits of what it is advised of. */
    private static final int ENCRYPTED = 0x04;

    private static final int VERITY = 0x40;

    private static final int COMPRESSED = 0x04;

    /** Bits of what is within the inode. */
    private static final int ATTRIBUTES = 0x01;

    private static final int DATA = 0x02;
    private static final int NAMES = 0x04;
    private static final int MORE_SAID = 0x20;

    /**
     * Of an inode: where addresses begin, or what more is said before them; words of four octets up to its lists, those that
     * attributes take; where its five lists are named.
     */
    private static final int ADDRESSES = 360;

    private static final int WORDS = 923;
    private static final int ATTRIBUTE_WORDS = 50;
    private static final int NODES = 4052;
    private static final int ADDRESSES_OF_A_NODE = 1018;

    /** Kept for what has not been written yet. */
    private static final int RESERVED = -1;

    private final F2fsNodes nodes;
    private final int inode;
    private final ByteBuffer in;
    private final int first;
    private final int words;
    private final List<long[]> ranges = new ArrayList<>();
    private long counted;

    private F2fsInode(F2fsNodes nodes, int number) throws IOException {
        this.nodes = nodes;
        this.inode = number;
        this.in = nodes.node(number, number);
        int inline = in.get(3);
        int more = (inline & MORE_SAID) == 0 ? 0 : Short.toUnsignedInt(in.getShort(ADDRESSES));
        int attributes = (inline & (ATTRIBUTES | NAMES)) == 0 ? 0 : ATTRIBUTE_WORDS;
        if (nodes.hasFlexibleAttributes()) {
            attributes = (inline & MORE_SAID) == 0 ? 0 : Short.toUnsignedInt(in.getShort(ADDRESSES + 2));
        }
        this.first = ADDRESSES + more;
        this.words = WORDS - more / 4 - attributes;
        if (more % 4 != 0 || words < 1) {
            throw new IllegalArgumentException(
                    "inode " + Integer.toUnsignedString(number) + " has no room for addresses");
        }
    }

    static F2fsInode read(F2fsNodes nodes, int number) throws IOException {
        return new F2fsInode(nodes, number);
    }

    boolean isFolder() {
        return (in.getShort(0) & TYPE) == FOLDER;
    }

    /** With names in clear: those of an encrypted folder are other octets. */
    boolean isReadable() {
        return (in.get(2) & ENCRYPTED) == 0;
    }

    boolean isFile() {
        return (in.getShort(0) & TYPE) == REGULAR;
    }

    int links() {
        return in.getInt(12);
    }

    /** Why a file's content stays; empty when zeros would read as such. */
    String why() {
        if (!isReadable()) {
            return "it is encrypted, so that zeros would read as something else";
        }
        if ((in.get(2) & VERITY) != 0) {
            return "its data have checksums (verity), which zeros would not match";
        }
        return (in.getInt(80) & COMPRESSED) == 0 ? "" : "it is compressed";
    }

    /** A folder that is short enough to lie in its inode. */
    boolean hasNamesWithin() {
        return (in.get(3) & NAMES) != 0;
    }

    /** What lies within the inode in place of addresses; the first of these stays free. */
    ByteBuffer within() {
        return in.slice(first + 4, 4 * (words - 1)).order(in.order());
    }

    /**
     * The blocks of its content in their order, start and end each; none of what lies within it.
     *
     * @throws IllegalArgumentException also when they are not as many as it says that it has
     */
    List<long[]> ranges() throws IOException {
        if ((in.get(3) & (DATA | NAMES)) != 0) {
            return List.of();
        }
        ranges.clear();
        counted = 1; // the inode itself
        addresses(in, first, words);
        // Two lists of addresses, two of such lists, and one of lists of lists.
        int[] depths = {1, 1, 2, 2, 3};
        for (int i = 0; i < depths.length; i++) {
            below(in.getInt(NODES + 4 * i), depths[i]);
        }
        counted += in.getInt(76) == 0 ? 0 : 1; // the node of attributes that have no room here
        if (counted != in.getLong(24)) {
            throw new IllegalArgumentException("inode " + Integer.toUnsignedString(inode) + " has " + counted
                    + " blocks, and says " + Long.toUnsignedString(in.getLong(24)));
        }
        return List.copyOf(ranges);
    }

    private void below(int node, int depth) throws IOException {
        if (node == 0) {
            return;
        }
        ByteBuffer list = nodes.node(node, inode);
        count();
        if (depth == 1) {
            addresses(list, 0, ADDRESSES_OF_A_NODE);
        } else {
            for (int i = 0; i < ADDRESSES_OF_A_NODE; i++) {
                below(list.getInt(4 * i), depth - 1);
            }
        }
    }

    private void addresses(ByteBuffer from, int offset, int count) {
        for (int i = 0; i < count; i++) {
            int address = from.getInt(offset + 4 * i);
            if (address != 0) {
                count();
            }
            if (address != 0 && address != RESERVED) {
                add(nodes.checked(Integer.toUnsignedLong(address)));
            }
        }
    }

    private void add(long block) {
        if (!ranges.isEmpty() && ranges.getLast()[1] == block) {
            ranges.getLast()[1]++;
        } else {
            ranges.add(new long[] {block, block + 1});
        }
    }

    /** A list that names itself would have no end. */
    private void count() {
        if (++counted > nodes.blocks()) {
            throw new IllegalArgumentException(
                    "inode " + Integer.toUnsignedString(inode) + " has more blocks than there are");
        }
    }
}
