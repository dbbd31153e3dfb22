package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.FileNode;
import firstlight.image.disk.Folder;
import firstlight.image.disk.KernelDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * resize2fs gives inodes that lie behind the new end new numbers, and each directory that names one of them the time of
 * day. Here directories get the times back that the image has.
 */
final class DirectoryTimes {
    private static final byte[] ITSELF = {'.'};

    private DirectoryTimes() {}

    /**
     * Times are no reason to give up a disk that was erased: this kernel need not mount what the tools can resize, such as
     * an ext4 with quotas where their module is missing.
     *
     * @return why they did not get them back; empty when they did
     */
    static Optional<String> copy(Disk from, Disk to) throws IOException {
        boolean[] mounted = {false};
        try (KernelDisk old = KernelDisk.attach(from, Access.READ);
                KernelDisk fresh = KernelDisk.attach(to, Access.READ_WRITE)) {
            ToolRun.mounted(
                    old.node(),
                    "ext4",
                    "ro,noload",
                    source -> ToolRun.mounted(fresh.node(), "ext4", "rw,noatime", target -> {
                        mounted[0] = true;
                        try (Folder was = Folder.open(source);
                                Folder is = Folder.open(target)) {
                            within(was, is);
                            is.setTimes(ITSELF, was.node(ITSELF));
                        }
                        return 0L;
                    }));
            return Optional.empty();
        } catch (ImageFailure refused) {
            if (mounted[0]) {
                throw refused;
            }
            return Optional.of(refused.cause());
        }
    }

    /** By descriptors: paths may be longer than the kernel takes, and names need not be text. */
    private static void within(Folder from, Folder to) throws IOException {
        Set<byte[]> there = new TreeSet<>(Arrays::compareUnsigned);
        there.addAll(to.names()); // without what e2fsck had to take away
        for (byte[] name : from.names()) {
            FileNode node = from.node(name);
            if (!node.isFolder() || !there.contains(name) || !to.node(name).isFolder()) {
                continue;
            }
            try (Folder was = from.folder(name);
                    Folder is = to.folder(name)) {
                within(was, is);
            }
            to.setTimes(name, node);
        }
    }
}
