package firstlight.image.tree;

import firstlight.image.disk.StatX;
import java.time.Instant;

/**
 * What the kernel tells of a file.
 *
 * @param mode the low twelve bits
 * @param changed when anything of it was changed last, attributes and names too
 * @param octets on the disk
 * @param device of the file system, with {@code inode} the file's identity
 */
public record FileStat(
        Kind kind,
        int mode,
        long owner,
        long group,
        Instant modified,
        Instant changed,
        long length,
        long octets,
        long inode,
        long device,
        int names,
        int major,
        int minor) {
    public enum Kind {
        FOLDER,
        PLAIN,
        LINK,
        FIFO,
        CHARACTER,
        BLOCK,
        SOCKET;

        static Kind of(int mode) {
            return switch (mode >> 12 & 0xF) {
                case 1 -> FIFO;
                case 2 -> CHARACTER;
                case 4 -> FOLDER;
                case 6 -> BLOCK;
                case 8 -> PLAIN;
                case 10 -> LINK;
                default -> SOCKET;
            };
        }
    }

    static FileStat of(StatX is) {
        return new FileStat(
                Kind.of(is.mode()),
                is.mode() & 07777,
                Integer.toUnsignedLong(is.user()),
                Integer.toUnsignedLong(is.group()),
                time(is.modified()),
                time(is.changed()),
                is.size(),
                is.allocated(),
                is.inode(),
                is.fileSystem(),
                is.links(),
                is.major(),
                is.minor());
    }

    private static Instant time(StatX.Time time) {
        return Instant.ofEpochSecond(time.seconds(), Integer.toUnsignedLong(time.nanos()));
    }

    public boolean isFolder() {
        return kind == Kind.FOLDER;
    }
}
