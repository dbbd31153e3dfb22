package firstlight.image.disk;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A disk of this PC. */
public final class BlockDevice implements Disk {
    private static final Path SYS = Path.of("/sys/class/block");
    /** Three seconds in all, for a table that the kernel is asked to read again. */
    private static final int ATTEMPTS = 30;

    private static final long BETWEEN_ATTEMPTS = 100_000_000L;

    private final Path node;
    /** Held as long as the disk is open: nobody else writes to it meanwhile, nor captures what is written. */
    private final DiskClaim claim;

    private final OpenFile file;
    private final long size;
    private final int sectorSize;
    private final boolean seeks;
    /** Of a source, until it is closed. */
    private @Nullable ReadOnlyNodes guard;

    private BlockDevice(Path node, DiskClaim claim, OpenFile file, long size, int sectorSize, boolean seeks) {
        this.node = node;
        this.claim = claim;
        this.file = file;
        this.size = size;
        this.sectorSize = sectorSize;
        this.seeks = seeks;
    }

    /**
     * @param path a node such as {@code /dev/sda}, or a link to one such as those of {@code /dev/disk/by-id}
     * @throws ImageFailure when it is not there, in use, or claimed by another work of ours
     * @throws DiskFailure when it is to be written and says that it is read-only
     */
    public static BlockDevice open(Path path, Access access) throws IOException {
        try {
            Path node = path.toRealPath();
            return openReal(node, access);
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure(
                    "The disk " + path + " cannot be opened",
                    broken,
                    "Check that it is there (lsblk) and that you are root");
        }
    }

    private static BlockDevice openReal(Path node, Access access) throws IOException {
        Path sys = SYS.resolve(node.getFileName().toString());
        // /sys counts 512 octets, whatever the disk's sectors are.
        long size = 512 * number(sys.resolve("size"));
        int sectorSize = (int) number(sys.resolve("queue/logical_block_size"));
        if (access == Access.READ_WRITE) {
            if (number(sys.resolve("ro")) != 0) {
                DiskClaim.of(node, access).close(); // whoever captures it has made it so, and is named then
                throw new DiskFailure(
                        node.toString(),
                        "The disk " + node + " cannot be written to",
                        "it is read-only: its switch is set so, or it protects what it holds because it is worn out",
                        "Look for a write-protection switch and at the disk's health, or use another disk; when a capture"
                                + " of it was killed: blockdev --setrw " + node);
            }
            refuseUsed(node);
        }
        boolean seeks = number(sys.resolve("queue/rotational")) != 0;
        OpenFile file = new OpenFile(node, access);
        DiskClaim claim;
        try {
            claim = DiskClaim.of(node, access);
        } catch (IOException refused) {
            file.close();
            throw refused;
        }
        BlockDevice disk = new BlockDevice(node, claim, file, size, sectorSize, seeks);
        if (access == Access.READ) {
            disk.guardOrClose();
        }
        return disk;
    }

    /** Whether {@code node} is no partition of the kernel's, or one at these octets of its disk. */
    public static boolean isAt(Path node, long start, long length) throws IOException {
        Path sys = SYS.resolve(node.getFileName().toString());
        return !Files.exists(sys.resolve("partition"))
                || (512 * number(sys.resolve("start")) == start && 512 * number(sys.resolve("size")) == length);
    }

    /** A mounted partition claims its disk as well: open(2), O_EXCL of a block device. */
    private static void refuseUsed(Path node) throws ImageFailure {
        int fd = Native.open(node.toString(), OpenFlags.O_RDWR | OpenFlags.O_EXCL);
        if (fd >= 0) {
            Native.close(fd);
        } else if (fd == -Errno.EBUSY) {
            throw new ImageFailure(
                    "The disk " + node + " is in use",
                    "it, or a partition of it, is mounted, or swap, or a part of an active array or volume group",
                    "See by what (lsblk " + node + ") and end that (umount, swapoff, vgchange -an, mdadm --stop),"
                            + " or choose another disk");
        }
    }

    /** No program, not even a file system tool that thinks it should replay a journal, can write to the source. */
    private void guardOrClose() throws IOException {
        try {
            List<Path> nodes = new ArrayList<>(partitions());
            nodes.add(node);
            guard = ReadOnlyNodes.mark(nodes);
        } catch (IOException refused) {
            close();
            throw refused;
        }
    }

    @Override
    public String name() {
        return node.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int sectorSize() {
        return sectorSize;
    }

    @Override
    public boolean seeks() {
        return seeks;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        file.read(offset, into);
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        file.readBack(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        file.write(offset, from);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        file.zero(offset, length);
    }

    @Override
    public void discard(long offset, long length) {
        int ignored = Native.ioctl(file.descriptor(), Native.BLKDISCARD, offset, length); // many disks cannot: a hint
    }

    @Override
    public void flush() throws IOException {
        file.flush();
    }

    @Override
    public Optional<Path> node(int partition) throws IOException {
        if (partition == 0) {
            return Optional.of(node);
        }
        for (Path child : partitions()) {
            Path number = SYS.resolve(child.getFileName().toString()).resolve("partition");
            if (number(number) == partition) {
                return Optional.of(child);
            }
        }
        return Optional.empty();
    }

    @Override
    public void tableChanged() throws IOException {
        int result = Native.ioctl(file.descriptor(), Native.BLKRRPART, 0);
        // udev, or a tool that has just ended, looks at new partitions for a moment.
        for (int attempt = 1; result == -Errno.EBUSY && attempt < ATTEMPTS; attempt++) {
            LockSupport.parkNanos(BETWEEN_ATTEMPTS);
            result = Native.ioctl(file.descriptor(), Native.BLKRRPART, 0);
        }
        if (result < 0) {
            throw new ImageFailure(
                    "The kernel does not take the new partition table of " + node,
                    result == -Errno.EBUSY
                            ? "a partition of it is in use (lsblk " + node + " tells by what)"
                            : "errno " + -result + " from BLKRRPART",
                    "Restart the PC: the table itself is written");
        }
    }

    @Override
    public void close() throws IOException {
        if (guard != null) {
            guard.close();
        }
        file.close();
        claim.close();
    }

    private List<Path> partitions() throws IOException {
        List<Path> nodes = new ArrayList<>();
        Path sys = SYS.resolve(node.getFileName().toString());
        try (DirectoryStream<Path> children = Files.newDirectoryStream(sys)) {
            for (Path child : children) {
                if (Files.exists(child.resolve("partition"))) {
                    nodes.add(node.resolveSibling(child.getFileName().toString()));
                }
            }
        }
        return nodes;
    }

    private static long number(Path attribute) throws IOException {
        return Long.parseLong(Files.readString(attribute).strip());
    }
}
