package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.addon.Mounted;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.extents.FileSystem;
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

    private static final List<List<String>> HIVES =
            List.of(List.of("Boot", "BCD"), List.of("Windows", "System32", "config", "SYSTEM"));

    private WindowsStart() {}

    /** Works on the restored file systems, before the table is written. Returns notes, for people. */
    static List<String> follow(Fit fit) throws IOException {
        Map<Long, Long> places = new HashMap<>();
        List<Run> table = fit.layout().table();
        boolean ntfsMoves = false;
        for (Placement placement : fit.layout().placements()) {
            if (placement.region().partition() > 0 && placement.moves()) {
                places.put(placement.region().start(), placement.start());
                ntfsMoves |= isNtfs(placement);
            }
        }
        if (!ntfsMoves || table.isEmpty() || !isMbr(table.getFirst())) {
            return List.of();
        }
        byte[] record = table.getFirst().octets().toArray();
        int signature = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getInt(SIGNATURE);
        Moved moved = new Moved(signature, places);
        List<String> rewritten = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Placement placement : fit.layout().placements()) {
            if (isNtfs(placement)) {
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

    private static boolean isNtfs(Placement placement) {
        return placement.region().partition() > 0
                && placement.region().fileSystem().equals("ntfs");
    }

    /** A GPT's first sector has one entry, of type EE. */
    private static boolean isMbr(Run first) {
        return first.offset() == 0
                && first.octets().length() >= 512
                && first.octets().toArray()[446 + 4] != (byte) 0xEE;
    }

    private static List<String> follow(Disk disk, Placement placement, Moved moved) throws IOException {
        List<String> rewritten = new ArrayList<>();
        Slice part = new Slice(disk, placement.start(), placement.length());
        try (KernelDisk device = KernelDisk.attach(part, Access.READ_WRITE);
                Mounted mounted = Mounted.open(device.node(), FileSystem.NTFS, "", true)) {
            for (List<String> names : HIVES) {
                Optional<Path> file = find(mounted.point(), names);
                if (file.isPresent() && Files.size(file.get()) <= LARGEST) {
                    rewritten.addAll(rewrite(file.get(), moved));
                }
            }
        }
        disk.flush();
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
