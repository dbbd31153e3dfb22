package firstlight.image.leftout;

import firstlight.image.extents.F2fsNodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of F2FS, read from the volume itself (docs/adr/0036): its tools tell no addresses, and not every kernel mounts it. F2FS has checksums of
 * its metadata only, and no two files share blocks. Belongs to one thread.
 */
final class F2fsFiles implements LeftOut.Lister {
    /** Of a name in a folder: hash, inode, length, kind. The name itself takes slots of eight octets. */
    private static final int ENTRY = 11;

    private static final int SLOT = 8;
    /** NR_DENTRY_IN_BLOCK of linux/f2fs_fs.h: a bitmap of 27 octets, 3 unused, 214 entries, and 214 times 8 octets of names. */
    private static final int SLOTS_OF_A_BLOCK = 214;

    private final F2fsNodes nodes;
    /** By path, of what was listed: a file is asked for after its folder. */
    private final Map<String, Integer> inodes = new HashMap<>();
    /** By path, why a file's content cannot be left out. */
    private final Map<String, String> kept = new HashMap<>();

    F2fsFiles(F2fsNodes nodes) {
        this.nodes = nodes;
        inodes.put("", nodes.root());
    }

    @Override
    public List<String> names(String folder) throws IOException {
        Integer number = inodes.get(folder);
        List<String> names = new ArrayList<>();
        if (number == null) {
            return names;
        }
        F2fsInode inode = F2fsInode.read(nodes, number);
        if (!inode.isFolder() || !inode.isReadable()) {
            return names;
        }
        if (inode.hasNamesWithin()) {
            ByteBuffer within = inode.within();
            int slots = within.limit() * 8 / ((ENTRY + SLOT) * 8 + 1);
            entries(within, slots, folder, names);
        }
        for (long[] range : inode.ranges()) {
            for (long block = range[0]; block < range[1]; block++) {
                entries(nodes.content(block), SLOTS_OF_A_BLOCK, folder, names);
            }
        }
        return names;
    }

    /** First a bitmap of the slots in use; entries and names fill the end. */
    private void entries(ByteBuffer in, int slots, String folder, List<String> names) {
        int first = in.limit() - slots * (ENTRY + SLOT);
        int slot = 0;
        while (slot < slots) {
            if ((in.get(slot / 8) & 1 << slot % 8) == 0) {
                slot++;
                continue;
            }
            int entry = first + slot * ENTRY;
            int length = Short.toUnsignedInt(in.getShort(entry + 8));
            int taken = (length + SLOT - 1) / SLOT;
            if (length == 0 || slot + taken > slots) {
                throw new IllegalArgumentException(
                        "a name in the folder " + folder + "/ is " + length + " octets long");
            }
            byte[] name = new byte[length];
            in.get(first + slots * ENTRY + slot * SLOT, name);
            String words = new String(name, StandardCharsets.UTF_8);
            inodes.put(folder + "/" + words, in.getInt(entry + 4));
            names.add(words);
            slot += taken;
        }
    }

    @Override
    public LeftOut.Content content(String file) throws IOException {
        Integer number = inodes.get(file);
        if (number == null) {
            return LeftOut.Content.NONE;
        }
        F2fsInode inode = F2fsInode.read(nodes, number);
        List<long[]> content = new ArrayList<>();
        if (inode.isFile() && !inode.why().isEmpty()) {
            kept.put(file, inode.why());
        } else if (inode.isFile()) {
            for (long[] range : inode.ranges()) {
                content.add(new long[] {range[0] * F2fsNodes.BLOCK, range[1] * F2fsNodes.BLOCK});
            }
        }
        return new LeftOut.Content(content, inode.links());
    }

    @Override
    public Optional<String> kept(String file) {
        return Optional.ofNullable(kept.get(file));
    }

    @Override
    public boolean ignoresCase() {
        return false;
    }
}
