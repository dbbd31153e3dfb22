package firstlight.image.anew;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.extents.FileSystem;
import java.io.IOException;
import java.util.Optional;

/** A file system of an image that is looked through, and can be written anew with all of its files. */
public interface Anew {
    /**
     * Looks through the file system on {@code disk}.
     *
     * @throws ImageFailure when its files cannot be told
     */
    static Anew of(OldFileSystem old, Disk disk) throws IOException {
        try {
            return maker(old.kind())
                    .orElseThrow(() -> new IllegalArgumentException("nothing makes " + old.kind() + " anew"))
                    .look(disk);
        } catch (MalformedVolume malformed) {
            throw new ImageFailure(
                    old.name() + " cannot be written anew",
                    String.valueOf(malformed.getMessage()),
                    "Have the original checked (chkdsk /f, fsck) and capture it again, or use a disk as large as it was");
        }
    }

    /** Whether {@code old} must be made anew in a place of {@code length} octets, or on other sectors; only if it can be. */
    static boolean isNeeded(OldFileSystem old, long length, int sectorSize, int newSectorSize) {
        boolean sectors = sectorSize != newSectorSize;
        boolean other = old.kind() == FileSystem.XFS
                ? length < old.length() // the kernel makes it larger
                : length != old.length();
        return isPossible(old) && (sectors || other);
    }

    static boolean isPossible(OldFileSystem old) {
        return old.mapped() && maker(old.kind()).isPresent();
    }

    private static Optional<Maker> maker(FileSystem kind) {
        return switch (kind) {
            case FAT -> Optional.of(FatAnew::of);
            case EXFAT -> Optional.of(ExfatAnew::of);
            case XFS -> Optional.of(XfsAnew::of);
            case EXT2, EXT3, EXT4, BTRFS, F2FS, NTFS, SWAP, LUKS, BITLOCKER, LVM -> Optional.empty();
            case APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN -> Optional.empty();
        };
    }

    /** Of one kind of file system. */
    @FunctionalInterface
    interface Maker {
        Anew look(Disk disk) throws IOException;
    }

    /** The boot loader in it that keeps a list of its own sectors, and does not start once they are others. */
    default Optional<String> loader() {
        return Optional.empty();
    }

    /** How much of {@code length} octets it fills: a type of FAT has an end. */
    default long fills(int sectorSize, long length) {
        return length;
    }

    /** Octets of the files' contents, for who waits. */
    long octets();

    /** The least octets that a partition needs for all of it; {@link Long#MAX_VALUE} when it cannot be done. */
    long shortest(int sectorSize);

    /**
     * Makes the file system on {@code target}, all of it, with every file, and reads every file back from the medium.
     *
     * @param copied hears of octets as they are written
     * @param verified hears of octets as they are read back and found right
     * @throws firstlight.image.ImageFailure when a file reads back differently
     */
    void write(Target target, Heard copied, Heard verified) throws IOException;

    /** Who waits. */
    @FunctionalInterface
    interface Heard {
        void octets(long more) throws IOException;
    }

    /**
     * @param disk the partition, as long as the file system is to be
     * @param oldStart octets from the start of the image's disk to the partition
     * @param start octets from the start of the target's disk to the partition
     */
    record Target(Disk disk, int oldSectorSize, long oldStart, long start) {
        /** FAT and exFAT remember where on the disk they start; who never filled it in is left alone. */
        long follow(long sectors) {
            return sectors * oldSectorSize == oldStart ? start / disk.sectorSize() : sectors;
        }
    }
}
