package firstlight.image.addon;

import firstlight.image.extents.FileSystem;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a file system can keep of files. */
enum Keeping {
    /** All of it. */
    UNIX(Long.MAX_VALUE),
    /** No owners, modes, devices; names without case. Its symbolic links are not Windows'. */
    NTFS(Long.MAX_VALUE),
    /** The same, and no hard links. */
    EXFAT(Long.MAX_VALUE),
    /** The same, and no file of 4 GiB. */
    FAT(0xFFFF_FFFFL);

    /** Windows takes these for devices, whatever stands behind a dot. */
    private static final Set<String> DEVICES = Set.of("CON", "PRN", "AUX", "NUL");

    private final long longest;

    Keeping(long longest) {
        this.longest = longest;
    }

    /** Empty for what nobody can write to here. */
    static Optional<Keeping> of(FileSystem system) {
        return switch (system) {
            case EXT2, EXT3, EXT4, XFS, BTRFS -> Optional.of(UNIX);
            case NTFS -> Optional.of(NTFS);
            case EXFAT -> Optional.of(EXFAT);
            case FAT -> Optional.of(FAT);
            case F2FS, SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN -> Optional.empty();
        };
    }

    boolean isUnix() {
        return this == UNIX;
    }

    boolean hasTwins() {
        return this == UNIX || this == NTFS;
    }

    /** Octets of a file. */
    long longest() {
        return longest;
    }

    /** Nanoseconds from one time that it can keep to the next; {@link Long#MAX_VALUE} where times are not to be compared. */
    long grainNanos() {
        return switch (this) {
            case UNIX -> 1;
            case NTFS -> 100;
            // Kept as local time: in another time zone it reads differently, so it is not compared.
            case EXFAT, FAT -> Long.MAX_VALUE;
        };
    }

    /** Why it cannot have {@code name}, in words. */
    Optional<String> refuses(String name) {
        if (this == UNIX) {
            return Optional.empty();
        }
        if (name.length() > 255) {
            return Optional.of("it has more than 255 characters");
        }
        if (name.chars().anyMatch(each -> each < 0x20 || "<>:\"\\|?*".indexOf(each) >= 0)) {
            return Optional.of("it has one of < > : \" \\ | ? * or a control character in it");
        }
        if (name.endsWith(".") || name.endsWith(" ")) {
            return Optional.of("it ends with a dot or a blank");
        }
        String stem = name.split("\\.", 2)[0].strip().toUpperCase(Locale.ROOT);
        return DEVICES.contains(stem) || stem.matches("(COM|LPT)[1-9]")
                ? Optional.of("Windows takes it for a device")
                : Optional.empty();
    }
}
