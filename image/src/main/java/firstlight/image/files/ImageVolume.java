package firstlight.image.files;

import firstlight.image.Disk;
import firstlight.image.disk.PrivateMounts;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import java.io.IOException;
import java.util.Optional;

/**
 * Something inside an image that may hold a file system.
 *
 * @param name by which a person asks for it: {@code 3} is the first disk's partition 3, {@code disk2p3} the second disk's,
 *     {@code disk2} that disk when it has no partition table, {@code GROUP/VOLUME} a logical volume
 * @param within the name of what it lies in: of a LUKS volume or a physical volume of LVM; empty for a partition
 * @param size in octets
 * @param used octets that the image holds of it; absent where they cannot be told apart from those of others
 * @param octets what it holds, closed with {@link ImageVolumes}
 */
public record ImageVolume(
        String name, String within, FileSystem fileSystem, long size, Optional<Long> used, Disk octets) {
    /** blkid's status. */
    private static final int NOTHING_FOUND = 2;

    /** Whether files may be looked for in it. */
    public boolean holdsFiles() {
        return !WayIn.into(fileSystem).isEmpty();
    }

    /**
     * What people named the file system; empty when it has none, and where nothing is known in it. Asks blkid, which knows
     * them all, but for raids: any disk is one of JMicron's to it whose last sector begins with "JM" (util-linux 2.38).
     *
     * @throws IOException when it cannot be shown to blkid: without root, or FUSE
     */
    public String label() throws IOException {
        if (fileSystem == FileSystem.UNKNOWN) {
            return ""; // a volume that is not whole in the image cannot be read
        }
        try (PrivateMounts mounts = PrivateMounts.with(octets)) {
            Tool tool = mounts.run("blkid -p -u noraid -o value -s LABEL " + PrivateMounts.DISK);
            if (tool.exit() != 0 && tool.exit() != NOTHING_FOUND) {
                throw new IOException("blkid says of partition " + name + ": " + tool.lastLine());
            }
            return tool.exit() == 0 ? tool.output() : "";
        }
    }
}
