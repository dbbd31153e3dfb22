package firstlight.image.disk;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Any disk as a block device of this kernel, for the time that tools work on it: a loop device over a {@link FuseFile}. The
 * kernels of cloud and micro virtual machines have both, and none of them NBD. Needs root.
 */
public final class KernelDisk implements AutoCloseable {
    private final FuseFile file;
    private final LoopDevice loop;
    private final Access access;

    private KernelDisk(FuseFile file, LoopDevice loop, Access access) {
        this.file = file;
        this.loop = loop;
        this.access = access;
    }

    /** {@code disk} is one file system; it is not closed with the device. */
    public static KernelDisk attach(Disk disk, Access access) throws IOException {
        // In the imaging environment nothing else loads them; where they are built in there is nothing to load.
        Tool.run(List.of("modprobe", "-a", "-q", "fuse", "loop"));
        FuseFile file = FuseFile.present(disk);
        try {
            return new KernelDisk(
                    file, LoopDevice.attachPart(file.path(), 0, disk.size(), disk.sectorSize(), access), access);
        } catch (IOException refused) {
            file.close();
            throw refused;
        }
    }

    public Path node() {
        return loop.node();
    }

    /** Returns when the disk has all that was written to the device. */
    @Override
    public void close() throws IOException {
        try (file;
                loop) {
            if (access == Access.READ_WRITE) {
                try (FileChannel channel = FileChannel.open(loop.node(), StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }
}
