package firstlight.image.extents;

import firstlight.image.Disk;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which octets of a partition are in use. Asks partclone for the file system's own map; where that cannot be had or
 * cannot be trusted, every octet is, and a note says why.
 *
 * @param mapped whether {@code extents} come from a map
 * @param notes what a person should know
 */
public record UsedBlocks(boolean mapped, Extents extents, List<String> notes) {
    /** Space that belongs to nobody is taken whole up to this size, and from larger space this much at both ends. */
    public static final long SLACK = 32L << 20;

    public UsedBlocks {
        notes = List.copyOf(notes);
    }

    /**
     * @param name what notes call it
     * @param partition 0 for a file system on the bare disk
     * @param start of the partition on {@code disk}
     */
    public static UsedBlocks find(
            Disk disk, String name, int partition, long start, long length, FileSystem fileSystem, byte[] window)
            throws IOException {
        Optional<String> mapper = fileSystem.mapper();
        if (mapper.isEmpty()) {
            return raw(length, List.of());
        }
        Optional<Path> node = disk.node(partition);
        if (node.isEmpty()) {
            return raw(
                    length,
                    List.of(name + " is taken whole: it has no device node on which " + mapper.get()
                            + " could be run"));
        }
        Optional<String> doubt = Soundness.doubt(fileSystem, node.get(), window);
        if (doubt.isPresent()) {
            return raw(length, List.of(name + " is taken whole: " + doubt.get()));
        }
        return map(mapper.get(), node.get(), name, length);
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
                List.of(name + " has " + (length >> 20)
                        + " MiB that belong to no partition or file system: only the first and last " + (SLACK >> 20)
                        + " MiB are in the image"));
    }

    private static UsedBlocks map(String mapper, Path node, String name, long length) throws IOException {
        Path folder = Files.createTempDirectory("firstlight-");
        Path file = folder.resolve("map"); // must not exist: partclone overwrites nothing
        try {
            Tool tool = Tool.run(List.of(
                    mapper,
                    "--domain",
                    "--offset_domain=0",
                    "--source",
                    node.toString(),
                    "--output",
                    file.toString(),
                    "--logfile",
                    "/dev/null",
                    "--quiet"));
            if (!tool.succeeded()) {
                return raw(length, List.of(name + " is taken whole: " + mapper + " failed (" + reason(tool) + ")"));
            }
            return withTail(DomainMap.parse(Files.readAllLines(file)), name, length);
        } catch (IllegalArgumentException malformed) {
            return raw(
                    length,
                    List.of(name + " is taken whole: the map of " + mapper + " makes no sense ("
                            + malformed.getMessage() + ")"));
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    /**
     * What lies behind the file system's last cluster is no part of its map, but matters: NTFS keeps its backup boot
     * sector in the partition's last sector.
     */
    private static UsedBlocks withTail(DomainMap.Map map, String name, long length) {
        if (map.end() > length) {
            return raw(
                    length,
                    List.of(name + " is taken whole: its file system says that it is " + (map.end() - length)
                            + " octets longer than the partition"));
        }
        UsedBlocks tail = slack(name, map.end(), length - map.end());
        Extents.Builder all = new Extents.Builder();
        for (int i = 0; i < map.used().count(); i++) {
            all.add(map.used().start(i), map.used().end(i));
        }
        for (int i = 0; i < tail.extents().count(); i++) {
            all.add(tail.extents().start(i), tail.extents().end(i));
        }
        return new UsedBlocks(true, all.build(), tail.notes());
    }

    private static UsedBlocks raw(long length, List<String> notes) {
        return new UsedBlocks(false, Extents.of(0, length), notes);
    }

    /** partclone ends with advice; its reason is the line before, with the name of its source file in it. */
    private static String reason(Tool tool) {
        return tool.output()
                .lines()
                .filter(line -> line.contains(".c:")
                        || line.toLowerCase(java.util.Locale.ROOT).contains("error"))
                .findFirst()
                .orElse(tool.lastLine());
    }

    /** The start of a partition, for {@link Signatures}. */
    public static byte[] window(Disk disk, long start, long length) throws IOException {
        ByteBuffer window = ByteBuffer.allocate((int) Math.min(length, Signatures.WINDOW));
        disk.read(start, window);
        return window.array();
    }
}
