package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.addon.Mounted;
import firstlight.image.anew.ClusterFiles;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Volume;
import firstlight.image.resize.Placement;
import firstlight.image.table.TableSectors.Run;
import firstlight.image.view.Slice;
import firstlight.image.windows.Hive;
import firstlight.image.windows.Moved;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets a Windows find itself when partitions of an MBR disk moved: rewrites its boot entries and its drive letters. What cannot be
 * rewritten is told; the restore is right all the same, and {@code bcdboot} mends the start.
 */
final class WindowsStart {
    private static final int SIGNATURE = 440;
    /** A SYSTEM hive of a server has some 30 MB. */
    private static final long LARGEST = 256L << 20;

    private static final List<List<String>> HIVES = List.of(
            List.of("Boot", "BCD"),
            List.of("EFI", "Microsoft", "Boot", "BCD"),
            List.of("Windows", "System32", "config", "SYSTEM"));

    private WindowsStart() {}

    /** Works on the restored file systems, before the table is written. Returns notes, for people. */
    static List<String> follow(Fit fit) throws IOException {
        Map<Long, Long> places = new HashMap<>();
        List<Run> table = fit.layout().table();
        boolean windows = false;
        boolean known = false; // what a Windows may know by its place
        for (Placement placement : fit.layout().placements()) {
            windows |= is(FileSystem.NTFS, placement);
            if (placement.region().partition() > 0 && placement.moves()) {
                places.put(placement.region().start(), placement.start());
                known |= is(FileSystem.NTFS, placement) || is(FileSystem.FAT, placement);
            }
        }
        if (!windows || !known || table.isEmpty() || !isMbr(table.getFirst())) {
            return List.of();
        }
        byte[] record = table.getFirst().octets().toArray();
        int signature = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getInt(SIGNATURE);
        Moved moved = new Moved(signature, places);
        List<String> rewritten = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Placement placement : fit.layout().placements()) {
            if (is(FileSystem.NTFS, placement) || is(FileSystem.FAT, placement)) {
                try {
                    rewritten.addAll(follow(fit.disk(), placement, moved));
                } catch (DiskFailure broken) {
                    throw broken;
                } catch (IOException | Hive.Malformed refused) { // not worth a disk without a table
                    notes.add(
                            placement.region().name() + ": the boot entries of a Windows on it could not be rewritten: "
                                    + refused.getMessage() + "; if it does not start, repair that with bcdboot");
                }
            }
        }
        if (!rewritten.isEmpty()) {
            notes.add("partitions moved, rewritten for Windows: " + String.join(", ", rewritten));
        }
        return notes;
    }

    private static boolean is(FileSystem kind, Placement placement) {
        return placement.region().partition() > 0
                && placement.region().fileSystem().equals(kind.word());
    }

    /** A GPT's first sector has one entry, of type EE. */
    private static boolean isMbr(Run first) {
        return first.offset() == 0
                && first.octets().length() >= 512
                && first.octets().toArray()[446 + 4] != (byte) 0xEE;
    }

    private static List<String> follow(Disk disk, Placement placement, Moved moved) throws IOException {
        Slice part = new Slice(disk, placement.start(), placement.length());
        List<String> rewritten = is(FileSystem.FAT, placement) ? onFat(part, moved) : onNtfs(part, moved);
        disk.flush();
        return rewritten;
    }

    private static List<String> onNtfs(Slice part, Moved moved) throws IOException {
        List<String> rewritten = new ArrayList<>();
        try (KernelDisk device = KernelDisk.attach(part, Access.READ_WRITE);
                Mounted mounted = Mounted.open(device.node(), FileSystem.NTFS, "", true)) {
            for (List<String> names : HIVES) {
                Optional<Path> file = find(mounted.point(), names);
                if (file.isPresent() && Files.size(file.get()) <= LARGEST) {
                    rewritten.addAll(rewrite(file.get(), moved));
                }
            }
        }
        return rewritten;
    }

    /** Where a BIOS starts Windows from FAT. Its files are found without a kernel that mounts it, and change in place. */
    private static List<String> onFat(Slice part, Moved moved) throws IOException {
        ClusterFiles files = ClusterFiles.ofFat(new Volume.OfDisk(part, part.name(), 0, 0, part.size()));
        List<String> rewritten = new ArrayList<>();
        for (List<String> names : HIVES) {
            Optional<String> path = find(files, names);
            if (path.isPresent()) {
                rewritten.addAll(rewrite(part, files.content(path.get()), moved));
            }
        }
        return rewritten;
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

    private static List<String> rewrite(Disk part, List<long[]> ranges, Moved moved) throws IOException {
        long length = ranges.stream().mapToLong(range -> range[1] - range[0]).sum();
        if (length == 0 || length > LARGEST) {
            return List.of();
        }
        ByteBuffer hive = ByteBuffer.allocate((int) length);
        for (long[] range : ranges) {
            part.read(range[0], hive.limit(hive.position() + (int) (range[1] - range[0])));
        }
        List<String> rewritten = moved.follow(hive.array());
        hive.clear();
        for (long[] range : rewritten.isEmpty() ? List.<long[]>of() : ranges) {
            part.write(range[0], hive.limit(hive.position() + (int) (range[1] - range[0])));
        }
        return rewritten;
    }

    private static List<String> rewrite(Path file, Moved moved) throws IOException {
        byte[] hive = Files.readAllBytes(file);
        List<String> rewritten = moved.follow(hive);
        if (!rewritten.isEmpty()) {
            Files.write(file, hive, StandardOpenOption.WRITE, StandardOpenOption.SYNC); // in place: not cut off first
        }
        return rewritten;
    }

    /** Names of Windows have no case; ntfs-3g's have. */
    private static Optional<Path> find(Path root, List<String> names) throws IOException {
        Path at = root;
        for (String name : names) {
            try (Stream<Path> children = Files.list(at)) {
                Optional<Path> next = children.filter(
                                child -> child.getFileName().toString().equalsIgnoreCase(name))
                        .findFirst();
                if (next.isEmpty()) {
                    return next;
                }
                at = next.get();
            } catch (java.nio.file.NotDirectoryException | UncheckedIOException unlike) {
                return Optional.empty();
            }
        }
        return Files.isRegularFile(at) ? Optional.of(at) : Optional.empty();
    }
}
