package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.OldFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How long a file system can become by what it was made with, whatever room there is. */
final class Longest {
    /** Whole sectors of whatever length. */
    private static final int READ = 4096;

    /** Windows gives clusters of NTFS numbers of 32 bits. */
    private static final long CLUSTERS = 0xFFFF_FFFFL;

    private Longest() {}

    /** How long the tool makes {@code old}, which lies on {@code disk}, when there are {@code length} octets. */
    static long of(OldFileSystem old, Disk disk, long length) throws IOException {
        return switch (FileSystemTool.of(old.kind())) {
            case EXT ->
                Math.min(length, Math.max(old.length(), ExtSuper.of(disk).longest()));
            case NTFS -> Math.min(length, Math.max(old.length(), ntfs(disk)));
            case BTRFS, XFS, F2FS -> length;
        };
    }

    static long ntfs(Disk disk) throws IOException {
        ByteBuffer boot = ByteBuffer.allocate(READ);
        disk.read(0, boot);
        boot.order(ByteOrder.LITTLE_ENDIAN);
        int count = Byte.toUnsignedInt(boot.get(13));
        long sectors = count <= 0x80 ? count : 1L << (0x100 - count); // clusters above 64 KiB, since Windows 10 1709
        return CLUSTERS * sectors * Short.toUnsignedInt(boot.getShort(11));
    }

    /** What a person can do who wants more. */
    static String cure(OldFileSystem old) {
        return FileSystemTool.of(old.kind()) == FileSystemTool.EXT
                ? " ('resize2fs -b' lifts a limit of 16 TiB, where its system knows the feature 64bit)"
                : " (larger clusters would take more: format it anew)";
    }
}
