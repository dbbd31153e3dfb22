package firstlight.image.leftout;

import firstlight.image.ImageFailure;
import firstlight.image.anew.ClusterFiles;
import firstlight.image.anew.MalformedVolume;
import firstlight.image.disk.Tool;
import firstlight.image.extents.BtrfsMap;
import firstlight.image.extents.Extents;
import firstlight.image.extents.F2fsNodes;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.SwapHeader;
import firstlight.image.extents.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the content of files lies that an image does without, such as page files. Only content of plain regular files: the
 * file system's own blocks stay, so it is as sound as before, with a file that reads as zeros.
 *
 * @param files that were found, as paths
 * @param swap the first page of some stays, by which Linux knows swap space: without it a restored system would have none
 * @param kept files that were found and keep their content, with why
 * @param obstacle why nothing could be looked for
 */
public record LeftOut(List<String> files, Extents extents, boolean swap, List<String> kept, Optional<String> obstacle) {
    private static final LeftOut NOTHING = because(Optional.empty());
    private static final int LARGEST_PAGE = 1 << 16;
    private static final int EXT = 1024;

    /**
     * Its header, which says here that nothing is hibernated, stays. A disk that cannot trim keeps what was there before, and that
     * may be the header of a Windows that was hibernated in the same place.
     */
    private static final String HIBERNATION = "hiberfil.sys";

    private static final long HEADER = 4096;

    public LeftOut {
        files = List.copyOf(files);
        kept = List.copyOf(kept);
    }

    private static LeftOut because(Optional<String> obstacle) {
        return new LeftOut(List.of(), Extents.NONE, false, List.of(), obstacle);
    }

    /** What a file system's own tools tell of files in it. */
    interface Lister {
        /** What is in a folder; nothing when it is none. */
        List<String> names(String folder) throws IOException;

        /** Of a plain file; {@link Content#NONE} for what is not one. */
        Content content(String file) throws IOException;

        boolean ignoresCase();

        /** Folders that patterns begin in; empty for the root. */
        default List<String> roots() throws IOException {
            return List.of("");
        }

        /** Why {@link #content} told nothing of a plain file that has some. */
        default Optional<String> kept(String file) {
            return Optional.empty();
        }
    }

    /**
     * A plain file's content.
     *
     * @param ranges octets on the volume, start and end each
     * @param names that the file has (hard links); more than any has when it cannot be told
     */
    public record Content(List<long[]> ranges, int names) {
        static final Content NONE = new Content(List.of(), 1);
        static final int UNKNOWN = Integer.MAX_VALUE;

        public Content {
            ranges = List.copyOf(ranges);
        }
    }

    /** Whether files' content can be left out at all. */
    public static boolean isPossible(FileSystem fileSystem) {
        return switch (fileSystem) {
            case NTFS, EXT2, EXT3, EXT4, FAT, EXFAT, XFS, BTRFS, F2FS -> true;
            case SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN -> false;
        };
    }

    /**
     * @param patterns paths from the root of the file system; {@code *} and {@code ?} stand for characters of one name
     */
    public static LeftOut in(Volume volume, FileSystem fileSystem, List<String> patterns) throws IOException {
        Optional<Path> path = volume.path();
        if (path.isEmpty() || patterns.isEmpty()) {
            return NOTHING;
        }
        try {
            return switch (fileSystem) {
                case NTFS -> matching(new NtfsFiles(path.get(), clusterSize(volume.window())), volume, patterns);
                case EXT2, EXT3, EXT4 ->
                    sharesBlocks(volume.window())
                            ? because(Optional.of("they may share blocks (shared_blocks), which others would lose"))
                            : matching(new ExtFiles(path.get(), blockSize(volume.window())), volume, patterns);
                case XFS -> ofXfs(path.get(), volume, patterns);
                case FAT -> matching(new FatFiles(ClusterFiles.ofFat(volume)), volume, patterns);
                case EXFAT -> matching(new FatFiles(ClusterFiles.ofExfat(volume)), volume, patterns);
                case BTRFS -> ofBtrfs(path.get(), volume, patterns);
                case F2FS -> ofF2fs(volume, patterns);
                case SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN -> NOTHING;
            };
        } catch (NoSuchTool | MalformedVolume obstacle) {
            return because(Optional.ofNullable(obstacle.getMessage()));
        }
    }

    /** By the kernel, or by xfs_db where it has no XFS. */
    private static LeftOut ofXfs(Path path, Volume volume, List<String> patterns) throws IOException {
        try (MountedFiles mounted = MountedFiles.ofXfs(path, volume.size())) {
            return matching(mounted, volume, patterns);
        } catch (ImageFailure kernel) {
            try {
                return matching(new XfsFiles(path, volume.window()), volume, patterns);
            } catch (NoSuchTool missing) {
                String why = kernel.what() + " (" + kernel.cause() + "), and " + missing.getMessage();
                return because(Optional.of(why));
            }
        }
    }

    private static LeftOut ofBtrfs(Path path, Volume volume, List<String> patterns) throws IOException {
        try (MountedFiles mounted = MountedFiles.ofBtrfs(path, volume.size())) {
            return found(mounted, patterns).on(volume, addresses -> BtrfsMap.places(volume, addresses));
        } catch (ImageFailure kernel) {
            return because(Optional.of(kernel.what() + " (" + kernel.cause() + ")"));
        } catch (IllegalArgumentException malformed) {
            return because(Optional.ofNullable(malformed.getMessage()));
        }
    }

    private static LeftOut ofF2fs(Volume volume, List<String> patterns) throws IOException {
        try {
            return matching(new F2fsFiles(F2fsNodes.read(volume)), volume, patterns);
        } catch (IllegalArgumentException malformed) {
            return because(Optional.ofNullable(malformed.getMessage()));
        }
    }

    /** What {@code tool} said, if it is there. */
    static Tool asked(Tool said, String tool) throws NoSuchTool {
        if (said.exit() == Tool.NOT_INSTALLED) {
            throw new NoSuchTool(tool);
        }
        return said;
    }

    /** Where that lies on the volume which has addresses of the file system's own: every copy. */
    @FunctionalInterface
    private interface Places {
        List<long[]> of(List<long[]> addresses) throws IOException;
    }

    /**
     * What a walk has found so far.
     *
     * @param firsts the first range of each file
     */
    private record Found(Set<String> files, List<long[]> ranges, List<long[]> firsts, Set<String> kept) {
        LeftOut on(Volume volume, Places places) throws IOException {
            List<long[]> pages = new ArrayList<>();
            for (long[] first : firsts) {
                byte[] start = volume.octets(
                        places.of(List.of(first)).getFirst()[0], (int) Math.min(LARGEST_PAGE, first[1] - first[0]));
                Optional<SwapHeader> header = SwapHeader.read(start).filter(swap -> swap.isClean(start));
                if (header.isPresent()) {
                    pages.addAll(places.of(List.of(
                            new long[] {first[0], first[0] + header.get().pageSize()})));
                }
            }
            Extents all = Extents.union(places.of(ranges));
            return new LeftOut(
                    List.copyOf(files),
                    all.without(Extents.union(pages)),
                    !pages.isEmpty(),
                    List.copyOf(kept),
                    Optional.empty());
        }
    }

    private static LeftOut matching(Lister lister, Volume volume, List<String> patterns) throws IOException {
        return found(lister, patterns).on(volume, addresses -> addresses);
    }

    private static Found found(Lister lister, List<String> patterns) throws IOException {
        Map<String, Content> files = new LinkedHashMap<>();
        Set<String> kept = new LinkedHashSet<>();
        for (String pattern : patterns) {
            List<String> names = List.of(pattern.replaceFirst("^/+", "").split("/+", -1));
            for (String root : lister.roots()) {
                walk(lister, root, names, files, kept);
            }
        }
        // One file by all of its names: they have the same content.
        Map<Long, Integer> found = new HashMap<>();
        files.values().forEach(each -> found.merge(start(each), 1, Integer::sum));
        List<long[]> ranges = new ArrayList<>();
        List<long[]> firsts = new ArrayList<>();
        for (String path : List.copyOf(files.keySet())) {
            Content content = Objects.requireNonNull(files.get(path));
            if (Objects.requireNonNull(found.get(start(content))) < content.names()) {
                files.remove(path);
                kept.add(path + ": it has other names (hard links), which are not to be left out");
                continue;
            }
            boolean header = path.substring(path.lastIndexOf('/') + 1).equalsIgnoreCase(HIBERNATION);
            List<long[]> left = header ? behindHeader(content.ranges()) : content.ranges();
            if (left.isEmpty()) {
                files.remove(path);
                continue;
            }
            ranges.addAll(left);
            firsts.add(left.getFirst());
        }
        return new Found(files.keySet(), ranges, firsts, kept);
    }

    private static long start(Content content) {
        return content.ranges().getFirst()[0];
    }

    private static void walk(
            Lister lister, String folder, List<String> pattern, Map<String, Content> files, Set<String> kept)
            throws IOException {
        Pattern wanted = glob(pattern.getFirst(), lister.ignoresCase());
        for (String name : lister.names(folder)) {
            if (name.equals(".") || name.equals("..") || !wanted.matcher(name).matches()) {
                continue;
            }
            String path = folder + "/" + name;
            if (pattern.size() > 1) {
                walk(lister, path, pattern.subList(1, pattern.size()), files, kept);
            } else {
                Content content = lister.content(path);
                if (!content.ranges().isEmpty()) {
                    files.put(path, content);
                }
                lister.kept(path).ifPresent(why -> kept.add(path + ": " + why));
            }
        }
    }

    private static List<long[]> behindHeader(List<long[]> content) {
        List<long[]> behind = new ArrayList<>();
        long missing = HEADER;
        for (long[] range : content) {
            long kept = Math.min(missing, range[1] - range[0]);
            missing -= kept;
            if (range[0] + kept < range[1]) {
                behind.add(new long[] {range[0] + kept, range[1]});
            }
        }
        return behind;
    }

    private static Pattern glob(String pattern, boolean ignoresCase) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            regex.append(
                    switch (pattern.charAt(i)) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(pattern.substring(i, i + 1));
                    });
        }
        return Pattern.compile(
                regex.toString(), Pattern.DOTALL | (ignoresCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0));
    }

    /** EXT4_FEATURE_RO_COMPAT_SHARED_BLOCKS: e2fsprogs know it, and Android's images have it. */
    private static boolean sharesBlocks(byte[] window) {
        return (ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN).getInt(EXT + 0x64) & 0x4000) != 0;
    }

    private static int blockSize(byte[] window) {
        return 1024 << ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN).getInt(EXT + 0x18);
    }

    /** Beyond 128 sectors the field is the negative logarithm of their number. */
    private static int clusterSize(byte[] window) {
        int sector = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN).getShort(11) & 0xFFFF;
        return window[13] > 0 || window[13] == -128 ? sector * (window[13] & 0xFF) : sector << -window[13];
    }
}
