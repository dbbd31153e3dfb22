package firstlight.image.extents;

import firstlight.image.Amount;
import firstlight.image.disk.Tool;
import firstlight.image.disk.ViewFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which octets of a partition are in use. Asks partclone for the file system's own map; where that cannot be had or
 * cannot be trusted, every octet is, and a note says why.
 *
 * @param mapped whether {@code extents} come from a map, and the file system can be given another size
 * @param notes what a person should know
 */
public record UsedBlocks(boolean mapped, Extents extents, List<String> notes) {
    /** Space that belongs to nobody is taken whole up to this size, and from larger space this much at both ends. */
    public static final long SLACK = 32L << 20;

    public UsedBlocks {
        notes = List.copyOf(notes);
    }

    /**
     * Why it cannot be told which octets of {@code volume} are in use; empty when it can, or when all of them are.
     *
     * @param window of {@code volume}
     */
    public static Optional<String> doubt(Volume volume, FileSystem fileSystem, byte[] window) throws IOException {
        if (fileSystem.mapper().isPresent() && volume.path().isEmpty()) {
            return Optional.of(
                    "it has no device node on which " + fileSystem.mapper().get()
                            + " could be run (or the kernel knows another partition table: partprobe)");
        }
        return Soundness.doubt(fileSystem, volume, window);
    }

    /** Of a volume of which there is no {@link #doubt}. */
    public static UsedBlocks find(Volume volume, FileSystem fileSystem) throws IOException {
        UsedBlocks found = mapped(volume, fileSystem);
        Optional<String> bound = found.mapped() ? Soundness.bound(fileSystem, volume.window()) : Optional.empty();
        if (bound.isEmpty()) {
            return found;
        }
        List<String> notes = new ArrayList<>(found.notes());
        notes.add(volume.name() + " keeps its size at a restore: " + bound.get());
        return new UsedBlocks(false, found.extents(), notes);
    }

    /** Whether a file system whose map was believed keeps its size all the same, as {@link #find} would say. */
    public static boolean keepsItsSize(Volume volume, FileSystem fileSystem) throws IOException {
        return Soundness.bound(fileSystem, volume.window()).isPresent()
                || RaidAtEnd.find(volume).isPresent();
    }

    private static UsedBlocks mapped(Volume volume, FileSystem fileSystem) throws IOException {
        if (fileSystem == FileSystem.FAT) {
            return believed(volume, () -> FatMap.read(volume), "file allocation table");
        }
        if (fileSystem == FileSystem.EXFAT) {
            return believed(volume, () -> ExfatMap.read(volume), "allocation bitmap");
        }
        if (fileSystem == FileSystem.BTRFS) {
            return believed(volume, () -> BtrfsMap.read(volume), "extent tree");
        }
        Optional<String> mapper = fileSystem.mapper();
        Optional<Path> path = volume.path();
        if (mapper.isEmpty() || path.isEmpty()) {
            return raw(volume.size(), List.of());
        }
        if (fileSystem == FileSystem.F2FS && F2fsFor512.isNeeded(volume.window())) {
            try (ViewFile view = ViewFile.of(new F2fsFor512(volume))) {
                return map(mapper.get(), view.path(), volume);
            }
        }
        return map(mapper.get(), path.get(), volume);
    }

    /** All of {@code volume}, for the reason {@code why}. */
    public static UsedBlocks whole(Volume volume, String why) {
        return raw(volume.size(), List.of(volume.name() + " is taken whole: " + why));
    }

    @FunctionalInterface
    private interface MapReader {
        UsedMap read() throws IOException;
    }

    private static UsedBlocks believed(Volume volume, MapReader reader, String what) throws IOException {
        try {
            return withTail(reader.read(), volume);
        } catch (IllegalArgumentException malformed) {
            return whole(volume, "its " + what + " makes no sense (" + malformed.getMessage() + ")");
        }
    }

    /** Space in which no file system is. */
    public static UsedBlocks slack(String name, long start, long length) {
        if (length <= 2 * SLACK) {
            return new UsedBlocks(false, Extents.of(start, start + length), List.of());
        }
        Extents ends = new Extents.Builder()
                .add(start, start + SLACK)
                .add(start + length - SLACK, start + length)
                .build();
        return new UsedBlocks(
                false,
                ends,
                List.of(name + " has " + Amount.mib(length)
                        + " that belong to no partition or file system: only the first and last " + Amount.mib(SLACK)
                        + " are in the image"));
    }

    private static UsedBlocks map(String mapper, Path node, Volume volume) throws IOException {
        Path folder = Files.createTempDirectory("firstlight-");
        Path file = folder.resolve("map"); // must not exist: partclone overwrites nothing
        try {
            List<String> command = new ArrayList<>(List.of(
                    mapper,
                    "--domain",
                    "--offset_domain=0",
                    "--source",
                    node.toString(),
                    "--output",
                    file.toString(),
                    "--logfile",
                    "/dev/null",
                    "--quiet",
                    "--UI-fresh=0")); // 0.3.23 waits at its end for a thread that sleeps so many seconds, 2 if not told
            if (mapper.startsWith("partclone.ext")) {
                // Else it refuses one that was mounted as often as tune2fs
                // -c allows; what makes a map wrong, Soundness knows.
                command.add("--ignore_fschk");
            }
            Tool tool = Tool.run(command);
            if (!tool.succeeded()) {
                return whole(volume, mapper + " failed (" + reason(tool) + ")");
            }
            return believed(volume, () -> DomainMap.parse(Files.readAllLines(file)), "map by " + mapper);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    /**
     * What lies behind the file system's last cluster is no part of its map, but matters: NTFS keeps its backup boot
     * sector in the partition's last sector.
     */
    private static UsedBlocks withTail(UsedMap map, Volume volume) throws IOException {
        long length = volume.size();
        if (map.end() > length) {
            return whole(
                    volume,
                    "its file system says that it is " + (map.end() - length) + " octets longer than the partition");
        }
        UsedBlocks tail = slack(volume.name(), map.end(), length - map.end());
        Extents.Builder all = new Extents.Builder();
        for (int i = 0; i < map.used().count(); i++) {
            all.add(map.used().start(i), map.used().end(i));
        }
        for (int i = 0; i < tail.extents().count(); i++) {
            all.add(tail.extents().start(i), tail.extents().end(i));
        }
        // One that the file system reaches over is left from earlier.
        Optional<RaidAtEnd> raid = RaidAtEnd.find(volume).filter(superblock -> superblock.at() >= map.end());
        if (raid.isEmpty()) {
            return new UsedBlocks(true, all.build(), tail.notes());
        }
        if (!raid.get().isMirror()) {
            return whole(volume, "it is a part of an array, which nothing here can look into");
        }
        List<String> notes = new ArrayList<>(tail.notes());
        notes.add(
                volume.name() + " is a part of a mirror (Linux raid) and keeps its size: its superblock is at its end");
        return new UsedBlocks(false, all.build(), notes);
    }

    private static UsedBlocks raw(long length, List<String> notes) {
        return new UsedBlocks(false, Extents.of(0, length), notes);
    }

    /** partclone ends with advice; its reason is the line before, with the name of its source file in it. */
    private static String reason(Tool tool) {
        return tool.output()
                .lines()
                .filter(line ->
                        line.contains(".c:") || line.toLowerCase(Locale.ROOT).contains("error"))
                .findFirst()
                .orElse(tool.lastLine());
    }
}
