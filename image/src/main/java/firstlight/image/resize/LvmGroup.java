package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.UsedBlocks;
import firstlight.image.extents.Volume;
import firstlight.image.lvm.Departure;
import firstlight.image.lvm.ElasticGroup;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.lvm.Rearranged;
import firstlight.image.lvm.VolumeGroup;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * A group of LVM of which all physical volumes are regions of the image, whose extents can be placed anew. Pure, once it is read.
 */
final class LvmGroup {
    private final Map<String, Part> parts;
    private final ElasticGroup group;
    private final List<Inner> inner;
    private final Set<OldFileSystem> bound;
    private final String chosen;

    /**
     * A physical volume.
     *
     * @param disk which of the image's disks it is on
     * @param encrypted what lies elsewhere then is enciphered anew, whatever cells it lies in ({@link MovedExtents})
     */
    record Part(int disk, int sectorSize, Region region, Content.Blocks blocks, boolean encrypted) {
        Disk image(ChunkSource source) {
            return ImageDisk.of(region.name(), region, sectorSize, source);
        }
    }

    /** A logical volume, and the file system in it. */
    private record Inner(LogicalVolume volume, OldFileSystem fileSystem) {
        boolean isElastic() {
            return Elasticity.of(fileSystem) == Elasticity.GROWS_AND_SHRINKS;
        }
    }

    private LvmGroup(
            Map<String, Part> parts, ElasticGroup group, List<Inner> inner, Set<OldFileSystem> bound, String chosen) {
        this.parts = parts;
        this.group = group;
        this.inner = List.copyOf(inner);
        this.bound = Set.copyOf(bound);
        this.chosen = chosen;
    }

    /** The same with file systems that cannot grow after all. */
    LvmGroup without(Set<OldFileSystem> more) {
        return new LvmGroup(parts, group, inner, more, chosen);
    }

    /** The same, of which the volume {@code name} grows, if it can; without a name the largest. */
    LvmGroup growing(String name) {
        boolean able = growable().anyMatch(each -> each.volume().name().equals(name));
        return new LvmGroup(parts, group, inner, bound, able ? name : "");
    }

    /** The names of those that can grow by what the physical volume {@code on} has more, with their group's. */
    List<String> volumes(String on) {
        return growable(on).map(each -> each.volume().name()).toList();
    }

    boolean isOnSeveral() {
        return parts.size() > 1;
    }

    /** Only by extents of the physical volumes on which it lies already: it is to need no other disk than before. */
    private Stream<Inner> growable(String on) {
        return growable().filter(each -> each.volume().volumes().contains(on));
    }

    private Stream<Inner> growable() {
        return inner.stream().filter(each -> each.isElastic() && !bound.contains(each.fileSystem()));
    }

    /**
     * @param parts by the ids of the physical volumes, in the image's order
     * @param images of these
     */
    static LvmGroup read(Map<String, Part> parts, ElasticGroup group, Map<String, Disk> images) throws IOException {
        List<Inner> inner = new ArrayList<>();
        for (LogicalVolume volume : group.group().volumes()) {
            if (group.isOpen(volume)) {
                inner.add(new Inner(volume, look(volume, parts, new MappedDisk(volume, images))));
            }
        }
        return new LvmGroup(parts, group, inner, Set.of(), "");
    }

    /** A volume that was taken whole had a journal to replay, or nobody knew what it holds. */
    private static OldFileSystem look(LogicalVolume volume, Map<String, Part> parts, MappedDisk disk)
            throws IOException {
        long octets = 0;
        for (Map.Entry<String, Part> part : parts.entrySet()) {
            for (long[] area : volume.areasOn(part.getKey())) {
                octets +=
                        part.getValue().blocks().used().within(area[0], area[1]).octets();
            }
        }
        return look(volume.name(), octets, disk);
    }

    /** @param used octets of {@code disk} that the image has */
    static OldFileSystem look(String name, long used, Disk disk) throws IOException {
        Volume inside = new Volume.OfDisk(disk, disk.name(), 0, 0, disk.size());
        FileSystem kind = Signatures.recognise(inside.window());
        boolean mapped = used < disk.size() && !UsedBlocks.keepsItsSize(inside, kind);
        String words = name + (kind.word().isEmpty() ? "" : " (" + kind.word() + ")");
        return new OldFileSystem(words, kind, mapped, disk.size(), used);
    }

    /** Something to be done with a file system of the image's. */
    @FunctionalInterface
    interface Visitor {
        void visit(OldFileSystem old, Disk disk) throws IOException;
    }

    /** @param image of the physical volume that has all of the group */
    void eachElastic(Disk image, Visitor visitor) throws IOException {
        eachElastic(Map.of(parts.keySet().iterator().next(), image), visitor);
    }

    /** The same of one on several. */
    void eachElastic(ChunkSource source, Visitor visitor) throws IOException {
        eachElastic(source, List.copyOf(parts.keySet()), new HashMap<>(), visitor);
    }

    /** With the image of one after the other opened. */
    private void eachElastic(ChunkSource source, List<String> unopened, Map<String, Disk> images, Visitor visitor)
            throws IOException {
        if (unopened.isEmpty()) {
            eachElastic(images, visitor);
            return;
        }
        String next = unopened.getFirst();
        try (Disk image = part(next).image(source)) {
            images.put(next, image);
            eachElastic(source, unopened.subList(1, unopened.size()), images, visitor);
        }
    }

    private void eachElastic(Map<String, Disk> images, Visitor visitor) throws IOException {
        for (Inner each : inner) {
            if (each.isElastic()) {
                visitor.visit(each.fileSystem(), new MappedDisk(each.volume(), images));
            }
        }
    }

    /** The ids of its physical volumes. */
    Set<String> ids() {
        return parts.keySet();
    }

    String name() {
        return group.group().name();
    }

    /** Whether extents can go from one of its physical volumes to another: cell by cell, which are alike on both. */
    private boolean exchanges() {
        return isOnSeveral()
                && parts.keySet().stream().allMatch(this::movesByCells)
                && parts.values().stream()
                                .map(part -> part.blocks().chunkSize())
                                .distinct()
                                .count()
                        == 1;
    }

    /**
     * Octets that a physical volume can leave to the others.
     *
     * @param settled the lengths of those of which it is known, by their ids
     */
    long spare(Map<String, Long> settled, ToLongFunction<OldFileSystem> least) {
        if (!exchanges()) {
            return 0;
        }
        long extents = parts.keySet().stream()
                .filter(settled::containsKey)
                .mapToLong(id -> group.extentsIn(id, Objects.requireNonNull(settled.get(id))) - group.usedExtents(id))
                .sum();
        return Math.max(0, extents + slack(least)) * group.extent();
    }

    /**
     * How short the physical volume {@code id} can be made.
     *
     * @param spare what others take of it then
     */
    long least(String id, ToLongFunction<OldFileSystem> least, long spare) {
        long all = part(id).region().length();
        if (!isMovable(id)) {
            return Math.min(all, group.lengthFor(id, group.usedEnd(id)));
        }
        long extents = group.usedExtents(id) - (isOnSeveral() ? 0 : slack(least));
        long tied = spare == 0 ? extents : Math.max(1, group.tiedExtents(id));
        long spared = Math.ceilDiv(spare, group.extent());
        return Math.min(all, group.lengthFor(id, Math.max(Math.min(extents, tied), extents - spared)));
    }

    /** How many extents its file systems can do without. */
    private long slack(ToLongFunction<OldFileSystem> least) {
        return inner.stream()
                .mapToLong(each -> extents(each.volume()) - least(each, least))
                .sum();
    }

    /** Whether {@code lengths} are those of all its physical volumes, and one is another than it was. */
    boolean isResizedTo(Map<String, Long> lengths) {
        return lengths.keySet().containsAll(parts.keySet())
                && parts.entrySet().stream()
                        .anyMatch(each -> !Objects.equals(
                                lengths.get(each.getKey()),
                                each.getValue().region().length()));
    }

    private Part part(String id) {
        return Objects.requireNonNull(parts.get(id), id);
    }

    private boolean isMovable(String id) {
        return part(id).encrypted() || movesByCells(id);
    }

    /** Cells move whole. */
    private boolean movesByCells(String id) {
        return !part(id).encrypted() && group.isAligned(id, part(id).blocks().chunkSize());
    }

    private long extents(LogicalVolume volume) {
        return volume.size() / group.extent();
    }

    private long least(Inner each, ToLongFunction<OldFileSystem> least) {
        long all = extents(each.volume());
        if (!each.isElastic()) {
            return all;
        }
        long wanted =
                Math.ceilDiv(Math.min(each.volume().size(), least.applyAsLong(each.fileSystem())), group.extent());
        return Math.min(all, group.whole(each.volume(), Math.max(1, wanted), true));
    }

    /**
     * What becomes of the physical volume {@code id}.
     *
     * @param lengths of all physical volumes by their ids, each at least what {@link #least} says with what the others spare
     */
    LvmLayout layout(String id, Map<String, Long> lengths, ToLongFunction<OldFileSystem> least) {
        Map<String, Rearranged> all = rearranged(lengths, least);
        Rearranged rearranged = Objects.requireNonNull(all.get(id), id);
        List<LvmLayout.Change> changes = changes(rearranged.group());
        Set<Long> emptied = new HashSet<>(); // where files are copied to, nothing goes cell by cell
        changes.stream()
                .filter(LvmLayout.Change::anew)
                .forEach(change -> change.fresh().areasOn(id).forEach(area -> emptied.add(area[0])));
        Predicate<Rearranged.Move> isCopied = move -> !emptied.contains(move.to());
        List<Rearranged.Move> moves =
                rearranged.moves().stream().filter(isCopied).toList();
        Content.Blocks blocks = part(id).blocks();
        List<MovedCells.Stretch> stretches = new ArrayList<>();
        moves.forEach(move -> stretches.add(new MovedCells.Stretch(blocks, move)));
        rearranged
                .arrivals()
                .forEach((from, come) -> come.stream()
                        .filter(isCopied)
                        .forEach(move ->
                                stretches.add(new MovedCells.Stretch(part(from).blocks(), move))));
        stretches.sort(Comparator.comparingLong(stretch -> stretch.move().to()));
        Map<String, Region> regions = new LinkedHashMap<>();
        parts.forEach((each, part) -> regions.put(each, part.region()));
        boolean tells = id.equals(parts.keySet().iterator().next());
        return new LvmLayout(
                rearranged,
                movesByCells(id) ? MovedCells.of(blocks.method(), blocks.chunkSize(), stretches) : blocks,
                moves,
                tells ? changes : List.of(),
                regions,
                tells ? new LvmWords(parts, group.group()).of(all, changes) : List.of());
    }

    private Map<String, Rearranged> rearranged(Map<String, Long> lengths, ToLongFunction<OldFileSystem> least) {
        Map<String, Long> kept = new HashMap<>();
        long tooMany = parts.keySet().stream()
                .mapToLong(id -> group.usedExtents(id) - group.extentsIn(id, length(lengths, id)))
                .sum();
        shorten(kept, tooMany, least);
        Map<String, Rearranged> without = group.rearranged(lengths, kept, List.of(), leaving());
        List<ElasticGroup.More> growing = new ArrayList<>();
        parts.forEach((id, part) -> {
            long more = Math.min(
                    group.extentsIn(id, length(lengths, id))
                            - group.extentsIn(id, part.region().length()),
                    group.behind(id, Objects.requireNonNull(without.get(id)))); // but for what it takes of the others
            if (more > 0 && tooMany <= 0) {
                growable(id)
                        .filter(each -> chosen.isEmpty() || each.volume().name().equals(chosen))
                        .max(Comparator.comparingLong(each -> each.volume().size()))
                        .ifPresent(each ->
                                growing.add(new ElasticGroup.More(each.volume().name(), id, more)));
            }
        });
        return growing.isEmpty() ? without : group.rearranged(lengths, kept, growing, leaving());
    }

    /** Swap space is nobody's to miss, and what GRUB reads before Linux runs is to stay on the disk that it starts from. */
    private Map<String, Departure> leaving() {
        if (!exchanges()) {
            return Map.of();
        }
        Map<String, Departure> leaving = new HashMap<>();
        group.group().volumes().forEach(volume -> leaving.put(volume.name(), Departure.USUAL));
        inner.stream()
                .filter(each -> each.fileSystem().kind() == FileSystem.SWAP)
                .forEach(each -> leaving.put(each.volume().name(), Departure.FIRST));
        leaving.replaceAll((volume, usual) -> isBoot(volume) ? Departure.LAST : usual);
        return leaving;
    }

    private static boolean isBoot(String volume) {
        return volume.substring(volume.indexOf('/') + 1)
                .toLowerCase(Locale.ROOT)
                .contains("boot");
    }

    private static long length(Map<String, Long> lengths, String id) {
        return Objects.requireNonNull(lengths.get(id), id);
    }

    private List<LvmLayout.Change> changes(VolumeGroup changed) {
        List<LvmLayout.Change> changes = new ArrayList<>();
        for (LogicalVolume fresh : changed.volumes()) {
            for (Inner each : inner) {
                if (each.volume().name().equals(fresh.name()) && each.volume().size() != fresh.size()) {
                    // On sectors of another size LVM does not go.
                    boolean isAnew = Anew.isNeeded(each.fileSystem(), fresh.size(), 1, 1);
                    changes.add(new LvmLayout.Change(each.fileSystem(), each.volume(), fresh, isAnew));
                }
            }
        }
        return changes;
    }

    /** From the volume that has most to give first. */
    private void shorten(Map<String, Long> kept, long tooMany, ToLongFunction<OldFileSystem> least) {
        List<Inner> givers = new ArrayList<>(inner);
        givers.sort(Comparator.comparingLong((Inner each) -> extents(each.volume()) - least(each, least))
                .reversed());
        long missing = tooMany;
        for (Inner giver : givers) {
            long all = extents(giver.volume());
            long shortest = least(giver, least);
            if (missing > 0 && shortest < all) {
                long wanted = group.whole(giver.volume(), Math.max(1, all - missing), false);
                kept.put(giver.volume().name(), Math.max(shortest, wanted));
                missing -= all - Math.max(shortest, wanted);
            }
        }
    }
}
