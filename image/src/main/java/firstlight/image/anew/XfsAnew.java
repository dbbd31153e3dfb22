package firstlight.image.anew;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.Folder;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.Mounted;
import firstlight.image.disk.Tool;
import firstlight.image.view.Medium;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An XFS made anew by mkfs.xfs as the old one was made, and filled with its files. */
final class XfsAnew implements Anew {
    private static final long MIB = 1L << 20;
    /** mkfs.xfs makes none that is shorter. */
    private static final long LEAST = 304 * MIB;

    private final Disk old;
    private final XfsSuper superblock;
    /** Inodes and octets of the old files, each shared extent counted for every file that has it. */
    private final FileCount count;

    private XfsAnew(Disk old, XfsSuper superblock, FileCount count) {
        this.old = old;
        this.superblock = superblock;
        this.count = count;
    }

    static XfsAnew of(Disk disk) throws IOException {
        XfsSuper superblock = XfsSuper.decode(ClusterVolume.octets(disk, 0, 512));
        long[] found = {0, 0};
        mountedImage(disk, root -> {
            FileCount count = FileCount.of(root);
            found[0] = count.nodes();
            found[1] = count.allocated();
        });
        return new XfsAnew(disk, superblock, new FileCount(found[0], found[1]));
    }

    @FunctionalInterface
    private interface OnFolder {
        void use(Folder root) throws IOException;
    }

    /** Its log is clean, or it would not have been captured by used blocks: there is nothing to recover. */
    private static void mountedImage(Disk disk, OnFolder work) throws IOException {
        try (KernelDisk device = KernelDisk.attach(disk, Access.READ)) {
            mounted(device.node(), "ro,norecovery,nouuid,noatime", work);
        }
    }

    /** At a place of our own, for the time of {@code work}. */
    private static void mounted(Path node, String options, OnFolder work) throws IOException {
        try (Mounted mount = Mounted.at(node, "xfs", options);
                Folder root = Folder.open(mount.point())) {
            work.use(root);
        }
    }

    @Override
    public long octets() {
        return count.allocated();
    }

    @Override
    public long shortest(int sectorSize) {
        if (sectorSize > superblock.blockSize()) { // mkfs.xfs makes none, and no kernel would take it
            return Long.MAX_VALUE;
        }
        long nodes = count.nodes() * superblock.inodeSize();
        long content = count.allocated() + nodes + nodes / 8;
        // The log, what XFS holds back for itself (32 MiB, and of reverse maps and shared extents), and trees that
        // grow.
        long length = content + content / 20 + 192 * MIB;
        long log = Math.clamp(length / 2048 - 64 * MIB, 0, 2048 * MIB);
        return Math.max(LEAST, Math.ceilDiv(length + log, MIB) * MIB);
    }

    /** What was written is read past all caches, once the kernel has let go of it. */
    @Override
    public void write(Target target, Heard copied, Heard verified) throws IOException {
        Disk disk = target.disk();
        List<byte[]> hashes;
        try (KernelDisk device = KernelDisk.attach(disk, Access.READ_WRITE)) {
            make(device.node(), disk.sectorSize());
            hashes = copy(device.node(), copied);
        }
        disk.flush();
        try (KernelDisk device = KernelDisk.attach(new Medium(disk), Access.READ)) {
            mounted(device.node(), "ro,norecovery,nouuid,noatime", root -> FileCopy.verify(root, hashes, verified));
            run("xfs_repair", List.of("xfs_repair", "-n", device.node().toString()));
        }
    }

    private void make(Path node, int sectorSize) throws IOException {
        run("mkfs.xfs", superblock.mkfs(node, sectorSize));
    }

    private List<byte[]> copy(Path node, Heard copied) throws IOException {
        List<List<byte[]>> hashes = new ArrayList<>();
        mountedImage(
                old, from -> mounted(node, "rw,nouuid,noatime", to -> hashes.add(FileCopy.copy(from, to, copied))));
        return hashes.getFirst();
    }

    private static void run(String program, List<String> command) throws IOException {
        Tool tool = Tool.run(command);
        if (!tool.succeeded()) {
            throw new ImageFailure(
                    "A file system could not be made anew",
                    program + " ended with status " + tool.exit() + ": " + tool.lastLine(),
                    "Restore onto a disk that is as large as the original, and tell us; what was restored is not to be used");
        }
    }
}
