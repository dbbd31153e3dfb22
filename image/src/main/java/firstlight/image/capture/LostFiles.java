package firstlight.image.capture;

import firstlight.image.Disk;
import firstlight.image.anew.ClusterFiles;
import firstlight.image.disk.Tool;
import firstlight.image.disk.ViewFile;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Volume;
import firstlight.image.leftout.MountedFiles;
import firstlight.image.lvm.LogicalVolume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whose content octets of a disk are, also within LVM and opened LUKS, where that can be told. */
final class LostFiles {
    /** To find them all folders are walked through, or all records of a table: once, for a few. */
    private static final int MOST = 10;

    private final Map<Place, Look> looks = new HashMap<>();
    private final LvmPlan lvm;

    LostFiles(LvmPlan lvm) {
        this.lvm = lvm;
    }

    /** {@code start} in octets on the disk. */
    private record Place(Disk disk, long start) {}

    /** @param look at what begins at {@code start} of {@code disk} */
    void add(Disk disk, long start, Look look) {
        looks.put(new Place(disk, start), look);
    }

    /**
     * In words, to be put behind a note; empty where it cannot be told, or no file has them, as those of the file system's own tables.
     *
     * @param lost octets of what begins at {@code start}
     */
    String in(Disk disk, long start, List<long[]> lost) {
        Look look = looks.get(new Place(disk, start));
        if (look == null) {
            return "";
        }
        try {
            List<String> files = within(look, Optional.empty(), lost);
            String more = files.size() > MOST ? " and more" : "";
            return files.isEmpty()
                    ? ""
                    : "; lost in part: "
                            + String.join(", ", files.stream().limit(MOST).toList()) + more;
        } catch (IOException | IllegalArgumentException unreadable) {
            return "; which files lost something cannot be told (" + unreadable.getMessage() + ")";
        }
    }

    /**
     * @param view of a volume that is not a partition, while it is open
     * @param lost ranges of octets from the look's own start, start and end each
     */
    private List<String> within(Look look, Optional<Path> view, List<long[]> lost) throws IOException {
        if (look.inner().isPresent()) {
            Look.Inner inner = look.inner().get();
            List<long[]> shifted = lost.stream()
                    .filter(range -> range[1] > inner.offset())
                    .map(range -> new long[] {range[0] - inner.offset(), range[1] - inner.offset()})
                    .toList();
            return seen(inner.look(), shifted);
        }
        if (look.fileSystem() == FileSystem.LVM) {
            List<String> files = new ArrayList<>();
            for (Map.Entry<LogicalVolume, List<long[]>> each :
                    lvm.above(look, lost).entrySet()) {
                seen(lvm.look(each.getKey()), each.getValue()).stream()
                        .map(path -> each.getKey().name() + ":" + path)
                        .forEach(files::add);
            }
            return files;
        }
        Volume volume = look.volume();
        Optional<Path> node = view.isPresent() ? view : volume.path();
        return switch (look.fileSystem()) {
            case EXT2, EXT3, EXT4 -> node.isEmpty() ? List.of() : ofExt(node.get(), blocks(volume, lost));
            case XFS -> {
                // With a log that is not replayed its files may lie elsewhere than it seems.
                if (node.isEmpty() || look.doubt().isPresent()) {
                    yield List.of();
                }
                try (MountedFiles xfs = MountedFiles.ofXfs(node.get(), volume.size())) {
                    yield xfs.holding(lost, MOST + 1);
                }
            }
            case NTFS -> new MftFiles(volume).holding(lost, MOST + 1);
            case FAT -> ofClusters(ClusterFiles.ofFat(volume), "", lost);
            case EXFAT -> ofClusters(ClusterFiles.ofExfat(volume), "", lost);
            case BTRFS, F2FS, SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN -> List.of();
        };
    }

    private List<String> seen(Look look, List<long[]> lost) throws IOException {
        try (ViewFile view = ViewFile.of(look.volume())) {
            return within(look, Optional.of(view.path()), lost);
        }
    }

    /** Numbers of the blocks that ranges touch, {@link #MOST} and one at most: a note names few files. */
    private static Set<Long> blocks(Volume volume, List<long[]> lost) throws IOException {
        int size = 1024
                << ByteBuffer.wrap(volume.octets(1024, 1024))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt(0x18); // s_log_block_size
        Set<Long> blocks = new TreeSet<>();
        for (long[] range : lost) {
            for (long block = range[0] / size; block * size < range[1] && blocks.size() <= MOST; block++) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    /** By debugfs, which opens read-only. First the blocks' inodes (icheck), then the inodes' paths (ncheck). */
    private static List<String> ofExt(Path node, Set<Long> blocks) throws IOException {
        Set<Long> inodes = new TreeSet<>();
        for (String[] row : ask(node, "icheck", blocks)) {
            if (row.length == 2 && row[1].matches("[0-9]+")) { // otherwise words: <block not found>
                inodes.add(Long.parseLong(row[1]));
            }
        }
        List<String> paths = new ArrayList<>();
        if (!inodes.isEmpty()) {
            for (String[] row : ask(node, "ncheck", inodes)) {
                if (row.length == 2 && row[1].startsWith("/")) {
                    paths.add(row[1].replaceFirst("^//", "/"));
                }
            }
        }
        return paths;
    }

    /** A table: a line of headings, then rows of two columns with a tab between them. */
    private static List<String[]> ask(Path node, String command, Set<Long> numbers) throws IOException {
        List<String> words = numbers.stream().map(Object::toString).toList();
        Tool said = Tool.run(List.of("debugfs", "-R", command + " " + String.join(" ", words), node.toString()));
        return said.output().lines().map(line -> line.split("\t", 2)).toList();
    }

    private static List<String> ofClusters(ClusterFiles files, String folder, List<long[]> lost) throws IOException {
        List<String> paths = new ArrayList<>();
        for (String name : files.names(folder)) {
            String path = folder + "/" + name;
            boolean holds = files.content(path).stream()
                    .anyMatch(run -> lost.stream().anyMatch(range -> range[0] < run[1] && range[1] > run[0]));
            if (holds) {
                paths.add(path);
            }
            if (paths.size() <= MOST) {
                paths.addAll(ofClusters(files, path, lost));
            }
        }
        return paths;
    }
}
