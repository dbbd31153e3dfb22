package firstlight.image.restore;

import firstlight.image.Amount;
import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.anew.ClusterFiles;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Volume;
import firstlight.image.resize.Placement;
import firstlight.image.tree.MountedSystem;
import firstlight.image.view.Slice;
import firstlight.image.windows.Hive;
import firstlight.image.windows.WindowsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets a Windows find itself when partitions of an MBR disk moved: rewrites its boot entries and its drive letters, on whichever
 * disk they are. What cannot be rewritten is told; the restore is right all the same, and {@code bcdboot} mends the start.
 */
final class WindowsStart {
    private static final String LETTERS = "give drive letters that are lost again in its Disk Management";

    /**
     * A hive by its names, what is in it, and how a person mends that.
     *
     * @param file from the volume's top, with slashes
     */
    private record Remembered(String file, String what, String cure) {
        String path() {
            return file.replace('/', '\\');
        }

        List<String> names() {
            return List.of(file.split("/", -1));
        }
    }

    private static final String START = "if it does not start, repair that with bcdboot";
    private static final List<Remembered> HIVES = List.of(
            new Remembered("Boot/BCD", "the boot entries of a Windows", START),
            new Remembered("EFI/Microsoft/Boot/BCD", "the boot entries of a Windows", START),
            new Remembered("Windows/System32/config/SYSTEM", "the drive letters of a Windows", LETTERS));

    private final List<MovedPlaces> moved;
    private final List<String> rewritten = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private WindowsStart(List<MovedPlaces> moved) {
        this.moved = moved;
    }

    /**
     * Works on the restored file systems. Returns notes, for people.
     *
     * @param turn the last one is for those whose disk keeps its table, when their first cell is there and was compared
     */
    static List<String> follow(List<Fit> fits, Turn turn) throws IOException {
        List<MovedPlaces> moved = new ArrayList<>();
        for (Fit fit : fits) {
            if (turn == (fit.layout().ownTable() ? Turn.LAST : Turn.FIRST)) {
                MovedPlaces.of(fit).ifPresent(moved::add);
            }
        }
        if (moved.stream().noneMatch(MovedPlaces::matters)) {
            return List.of();
        }
        WindowsStart start = new WindowsStart(moved);
        for (Fit fit : fits) {
            for (Placement placement : fit.layout().placements()) {
                start.follow(fit, placement);
            }
        }
        if (!start.rewritten.isEmpty()) {
            start.notes.add("partitions moved, rewritten for Windows: " + String.join(", ", start.rewritten));
        }
        return start.notes;
    }

    private static boolean is(FileSystem kind, Placement placement) {
        return placement.region().partition() > 0 && placement.region().kind() == kind;
    }

    private void follow(Fit fit, Placement placement) throws IOException {
        Slice part = new Slice(fit.disk(), placement.start(), placement.length());
        String name = placement.region().name();
        try {
            if (is(FileSystem.FAT, placement)) {
                onFat(fit, part, name);
            } else if (is(FileSystem.NTFS, placement)) {
                onNtfs(fit, part, name);
            } else {
                return;
            }
        } catch (DiskFailure broken) {
            throw broken;
        } catch (IOException refused) { // not worth a disk without a table
            notes.add(name + ": what a Windows on it knows of the partitions that moved could not be rewritten: "
                    + refused.getMessage() + "; " + START + "; " + LETTERS);
        }
        fit.disk().flush();
    }

    @FunctionalInterface
    private interface Rewriting {
        void rewrite() throws IOException;
    }

    /** One that cannot be rewritten leaves the others to be tried. */
    private void each(Remembered hive, String name, Rewriting rewriting) throws IOException {
        try {
            rewriting.rewrite();
        } catch (DiskFailure broken) {
            throw broken;
        } catch (IOException | Hive.Malformed refused) {
            notes.add(name + ": " + hive.what() + " in " + hive.path() + " could not be rewritten: "
                    + refused.getMessage() + "; " + hive.cure());
        }
    }

    private void onNtfs(Fit fit, Slice part, String name) throws IOException {
        try (KernelDisk device = KernelDisk.attach(part, Access.READ_WRITE);
                MountedSystem mounted =
                        MountedSystem.open(device.node(), FileSystem.NTFS, "", MountedSystem.Use.WRITE)) {
            for (Remembered hive : HIVES) {
                each(hive, name, () -> {
                    Optional<Path> file = WindowsFile.find(mounted.point(), hive.file());
                    if (file.isPresent()) {
                        rewrite(file.get(), fit);
                    }
                });
            }
        } catch (DiskFailure broken) {
            throw broken;
        } catch (IOException refused) {
            if (hasHive(part)) {
                throw refused;
            }
        }
    }

    /** Data volumes have none, and nothing that could be wrong. One that cannot be read may have. */
    private static boolean hasHive(Slice part) throws IOException {
        try (KernelDisk device = KernelDisk.attach(part, Access.READ);
                MountedSystem mounted =
                        MountedSystem.open(device.node(), FileSystem.NTFS, "", MountedSystem.Use.READ)) {
            for (Remembered hive : HIVES) {
                if (WindowsFile.find(mounted.point(), hive.file()).isPresent()) {
                    return true;
                }
            }
            return false;
        } catch (DiskFailure broken) {
            throw broken;
        } catch (IOException unseen) {
            return true;
        }
    }

    /** Where a BIOS starts Windows from FAT. Its files are found without a kernel that mounts it, and change in place. */
    private void onFat(Fit fit, Slice part, String name) throws IOException {
        ClusterFiles files = ClusterFiles.ofFat(new Volume.OfDisk(part, part.name(), 0, 0, part.size()));
        for (Remembered hive : HIVES) {
            each(hive, name, () -> {
                Optional<String> path = find(files, hive.names());
                if (path.isPresent()) {
                    rewrite(part, files.content(path.get()), fit);
                }
            });
        }
    }

    private static Optional<String> find(ClusterFiles files, List<String> names) throws IOException {
        String at = "";
        for (String name : names) {
            Optional<String> next =
                    files.names(at).stream().filter(name::equalsIgnoreCase).findFirst();
            if (next.isEmpty()) {
                return next;
            }
            at += "/" + next.get();
        }
        return Optional.of(at);
    }

    /** A hive is held whole beside the list of its values, which is as large. */
    private static void checkRoom(long length) throws IOException {
        long most = Hive.mostOctets(3);
        if (length > most) {
            throw new IOException(
                    "it has " + Amount.mib(length) + ", more than the " + Amount.mib(most) + " that can be read here");
        }
    }

    /** In place, by the file's own clusters: its length stays. */
    private void rewrite(Disk part, List<long[]> ranges, Fit fit) throws IOException {
        long length = ranges.stream().mapToLong(range -> range[1] - range[0]).sum();
        checkRoom(length);
        ByteBuffer hive = ByteBuffer.allocate((int) length);
        for (long[] range : ranges) {
            part.read(range[0], hive.limit(hive.position() + (int) (range[1] - range[0])));
        }
        List<String> done = followed(hive.array(), fit);
        hive.clear();
        for (long[] range : done.isEmpty() ? List.<long[]>of() : ranges) {
            part.write(range[0], hive.limit(hive.position() + (int) (range[1] - range[0])));
        }
        rewritten.addAll(done);
    }

    private void rewrite(Path file, Fit fit) throws IOException {
        checkRoom(Files.size(file));
        byte[] hive = Files.readAllBytes(file);
        List<String> done = followed(hive, fit);
        if (!done.isEmpty()) {
            WindowsFile.write(file, hive);
        }
        rewritten.addAll(done);
    }

    private List<String> followed(byte[] hive, Fit fit) {
        List<String> done = new ArrayList<>();
        for (MovedPlaces each : moved) {
            if (each.isMeantOn(fit, moved)) {
                done.addAll(each.moved().follow(hive));
            }
        }
        return done;
    }
}
