package firstlight.image.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What statx(2) fills in: the kernel's struct statx, which is the same for all processors. */
public final class StatX {
    /** The call's flag by which it tells of a link itself. */
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;

    public static final int STATX_BASIC_STATS = 0x7FF;

    private final MemorySegment octets;

    public StatX(Arena arena) {
        this.octets = arena.allocate(256, 8);
    }

    /** For the call. */
    public MemorySegment octets() {
        return octets;
    }

    /** A time of it. */
    public record Time(long seconds, int nanos) {}

    private Time time(long offset) {
        return new Time(octets.get(ValueLayout.JAVA_LONG, offset), octets.get(ValueLayout.JAVA_INT, offset + 8));
    }

    public int links() {
        return octets.get(ValueLayout.JAVA_INT, 16);
    }

    public int user() {
        return octets.get(ValueLayout.JAVA_INT, 20);
    }

    public int group() {
        return octets.get(ValueLayout.JAVA_INT, 24);
    }

    /** Kind and permissions. */
    public int mode() {
        return Short.toUnsignedInt(octets.get(ValueLayout.JAVA_SHORT, 28));
    }

    public long inode() {
        return octets.get(ValueLayout.JAVA_LONG, 32);
    }

    public long size() {
        return octets.get(ValueLayout.JAVA_LONG, 40);
    }

    /** Octets on the disk. */
    public long allocated() {
        return octets.get(ValueLayout.JAVA_LONG, 48) * 512;
    }

    public Time accessed() {
        return time(64);
    }

    /** When anything of it was changed last, attributes and names too. */
    public Time changed() {
        return time(96);
    }

    public Time modified() {
        return time(112);
    }

    /** Of the device that it is. */
    public int major() {
        return octets.get(ValueLayout.JAVA_INT, 128);
    }

    public int minor() {
        return octets.get(ValueLayout.JAVA_INT, 132);
    }

    /** Of the file system. */
    public long fileSystem() {
        return (long) octets.get(ValueLayout.JAVA_INT, 136) << 32 | octets.get(ValueLayout.JAVA_INT, 140);
    }
}
