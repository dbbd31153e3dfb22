package firstlight.image.pipeline;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.extents.FileSystem;
import firstlight.image.files.MountedTree;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that mounts a file system, says which process holds the mounts, and waits to be killed. */
final class MountForever {
    private MountForever() {}

    public static void main(String[] arguments) throws Exception {
        Disk disk = DiskFile.open(Path.of(arguments[0]), 512, Access.READ);
        try (MountedTree tree = MountedTree.of(disk, FileSystem.EXT4)) {
            System.out.println(tree.root().getName(1));
            new CountDownLatch(1).await();
        }
    }
}
