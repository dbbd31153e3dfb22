package firstlight.image.extents;

import java.util.Arrays;
import java.util.Optional;

/** What a partition may hold, as far as it changes what we do. */
public enum FileSystem {
    EXT2("ext2", "partclone.ext2"),
    EXT3("ext3", "partclone.ext3"),
    EXT4("ext4", "partclone.ext4"),
    XFS("xfs", "partclone.xfs"),
    BTRFS("btrfs", ""),
    F2FS("f2fs", "partclone.f2fs"),
    FAT("vfat", ""),
    EXFAT("exfat", ""),
    NTFS("ntfs", "partclone.ntfs"),
    SWAP("swap", ""),
    LUKS("luks", ""),
    BITLOCKER("bitlocker", ""),
    LVM("lvm", ""),
    APFS("apfs", ""),
    REFS("refs", ""),
    ZFS("zfs_member", ""),
    RAID("linux_raid_member", ""),
    STORAGE_SPACES("storage_spaces", ""),
    /** Raw data, or nothing at all. */
    UNKNOWN("", "");

    private final String word;
    private final String mapper;

    FileSystem(String word, String mapper) {
        this.word = word;
        this.mapper = mapper;
    }

    /** Decodes a manifest's word; one that only a later version has says no more to us than raw data. */
    public static FileSystem of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word.equals(word))
                .findFirst()
                .orElse(UNKNOWN);
    }

    /** As {@code blkid} and {@code mount -t} call it. */
    public String word() {
        return word;
    }

    /** The program that tells which of its blocks are in use; FAT's, exFAT's and Btrfs' maps we read ourselves. */
    Optional<String> mapper() {
        return mapper.isEmpty() ? Optional.empty() : Optional.of(mapper);
    }
}
