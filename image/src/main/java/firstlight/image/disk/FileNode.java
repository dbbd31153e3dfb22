package firstlight.image.disk;

/**
 * What a file system tells of one of its nodes, by statx(2). Times are in seconds and nanoseconds.
 *
 * @param mode kind and permissions
 * @param size octets of content, or of a symbolic link's text
 * @param allocated octets that it takes on the disk
 * @param device of a device node, as mknod(2) wants it
 */
public record FileNode(
        int mode,
        int user,
        int group,
        int links,
        long inode,
        long size,
        long allocated,
        long device,
        long accessed,
        int accessedNanos,
        long modified,
        int modifiedNanos) {
    private static final int KIND = 0xF000;

    static FileNode of(StatX is) {
        long major = Integer.toUnsignedLong(is.major());
        long minor = Integer.toUnsignedLong(is.minor());
        return new FileNode(
                is.mode(),
                is.user(),
                is.group(),
                is.links(),
                is.inode(),
                is.size(),
                is.allocated(),
                // As glibc's makedev puts them together.
                ((major & ~0xFFFL) << 32) | ((major & 0xFFF) << 8) | ((minor & ~0xFFL) << 12) | (minor & 0xFF),
                is.accessed().seconds(),
                is.accessed().nanos(),
                is.modified().seconds(),
                is.modified().nanos());
    }

    public boolean isFolder() {
        return (mode & KIND) == 0x4000;
    }

    public boolean isFile() {
        return (mode & KIND) == 0x8000;
    }

    public boolean isLink() {
        return (mode & KIND) == 0xA000;
    }

    public int permissions() {
        return mode & 0xFFF;
    }
}
