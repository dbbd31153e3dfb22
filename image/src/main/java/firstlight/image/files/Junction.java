package firstlight.image.files;

import firstlight.image.disk.PrivateMounts;
import java.nio.file.Path;
import java.util.List;

/**
 * Links with a drive in them, as junctions of NTFS have: ntfs-3g tells them with the place where it is mounted, and leads
 * those whose drive it takes for another through a folder {@code .NTFS-3G} that an administrator may fill (2022.10.3,
 * libntfs-3g/reparse.c). Neither is on the PC.
 */
final class Junction {
    private static final Path TOP = Path.of(PrivateMounts.TREE);
    private static final Path DRIVES = TOP.resolve(".NTFS-3G");

    private Junction() {}

    /** As on the PC: {@code /Windows} in place of where it is mounted, {@code C:/Windows} where a drive is named. */
    static Path told(Path target) {
        if (target.startsWith(DRIVES)) {
            return DRIVES.relativize(target);
        }
        return target.startsWith(TOP) ? Path.of("/").resolve(TOP.relativize(target)) : target;
    }

    /** From the top of the same file system: of drives only the one that it is itself is known, so it is taken for any. */
    static Path within(Path target) {
        Path told = told(target);
        if (!target.startsWith(DRIVES)) {
            return told;
        }
        int names = told.getNameCount();
        return names > 1 ? told.subpath(1, names) : Path.of("/"); // the drive itself
    }

    /** What makes GNU tar write {@link #told} in place of what it reads; names and hard links stay. */
    static List<String> forTar() {
        String top = TOP.toString().replace(".", "\\.");
        return List.of("--transform=s,^" + top + "/\\.NTFS-3G/,,RH", "--transform=s,^" + top + "\\(/\\|$\\),/,RH");
    }
}
