package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.Extents;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.UsedBlocks;
import firstlight.image.extents.Volume;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.lvm.Rearranged;
import firstlight.image.lvm.SingleGroup;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** A region that is LVM's physical volume with all of its group, whose extents can be placed anew. Pure, once it is read. */
final class LvmRegion {
    private final Region region;
    private final Content.Blocks blocks;
    private final SingleGroup group;
    private final List<Inner> inner;
    private final Set<OldFileSystem> bound;
    private final String chosen;

    /** A logical volume, and the file system in it. */
    private record Inner(LogicalVolume volume, OldFileSystem fileSystem) {
        boolean isElastic() {
            return Elasticity.of(fileSystem) == Elasticity.GROWS_AND_SHRINKS;
        }
    }

    private LvmRegion(
            Region region,
            Content.Blocks blocks,
            SingleGroup group,
            List<Inner> inner,
            Set<OldFileSystem> bound,
            String chosen) {
        this.region = region;
        this.blocks = blocks;
        this.group = group;
        this.inner = List.copyOf(inner);
        this.bound = Set.copyOf(bound);
        this.chosen = chosen;
    }

    /** The same with file systems that cannot grow after all. */
    LvmRegion without(Set<OldFileSystem> more) {
        return new LvmRegion(region, blocks, group, inner, more, chosen);
    }

    /** The same, of which the volume {@code name} grows, if it can; without a name the largest. */
    LvmRegion growing(String name) {
        return new LvmRegion(region, blocks, group, inner, bound, volumes().contains(name) ? name : "");
    }

    /** The names of those that can grow, with their group's. */
    List<String> volumes() {
        return growable().map(each -> each.volume().name()).toList();
    }

    private Stream<Inner> growable() {
        return inner.stream().filter(each -> each.isElastic() && !bound.contains(each.fileSystem()));
    }

    static boolean isPhysicalVolume(Region region) {
        return region.fileSystem().equals(FileSystem.LVM.word());
    }

    /** @throws IllegalArgumentException with why all of it must stay as it is, in words */
    static LvmRegion read(Region region, int sectorSize, ChunkSource source) throws IOException {
        if (!(region.content() instanceof Content.Blocks blocks) || blocks.method() != Content.Method.USED_BLOCKS) {
            throw new IllegalArgumentException("its metadata could not be read when it was captured");
        }
        try (ImageDisk disk = ImageDisk.of(region.name(), region, sectorSize, source)) {
            SingleGroup group =
                    SingleGroup.of(PhysicalVolume.read(new Volume.OfDisk(disk, disk.name(), 0, 0, disk.size())));
            List<Inner> inner = new ArrayList<>();
            for (LogicalVolume volume : group.group().volumes()) {
                if (group.isOpen(volume)) {
                    inner.add(new Inner(volume, look(volume, blocks.used(), new MappedDisk(volume, disk))));
                }
            }
            return new LvmRegion(region, blocks, group, inner, Set.of(), "");
        }
    }

    /** A volume that was taken whole had a journal to replay, or nobody knew what it holds. */
    private static OldFileSystem look(LogicalVolume volume, Extents used, MappedDisk disk) throws IOException {
        long octets = 0;
        for (long[] area : volume.areas()) {
            octets += used.within(area[0], area[1]).octets();
        }
        return look(volume.name(), octets, disk);
    }

    /** @param used octets of {@code disk} that the image has */
    static OldFileSystem look(String name, long used, Disk disk) throws IOException {
        Volume inside = new Volume.OfDisk(disk, disk.name(), 0, 0, disk.size());
        FileSystem kind = Signatures.recognise(inside.window());
        boolean mapped = used < disk.size() && !UsedBlocks.keepsItsSize(inside, kind);
        String words = name + (kind.word().isEmpty() ? "" : " (" + kind.word() + ")");
        return new OldFileSystem(words, kind.word(), mapped, disk.size(), used);
    }

    boolean grows() {
        return growable().findAny().isPresent();
    }

    /** Something to be done with a file system of the image's. */
    @FunctionalInterface
    interface Visitor {
        void visit(OldFileSystem old, Disk disk) throws IOException;
    }

    /** @param image of the region */
    void eachElastic(Disk image, Visitor visitor) throws IOException {
        for (Inner each : inner) {
            if (each.isElastic()) {
                visitor.visit(each.fileSystem(), new MappedDisk(each.volume(), image));
            }
        }
    }

    /** How short the region can be made. */
    long least(ToLongFunction<OldFileSystem> least) {
        if (!isMovable()) {
            return Math.min(region.length(), group.lengthFor(group.usedEnd()));
        }
        long extents = group.usedExtents();
        for (Inner each : inner) {
            extents -= extents(each.volume()) - least(each, least);
        }
        return Math.min(region.length(), group.lengthFor(extents));
    }

    /** Cells move whole. */
    private boolean isMovable() {
        return group.isAligned(blocks.chunkSize());
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

    /** @param length at least what {@link #least} says */
    LvmLayout layout(long length, ToLongFunction<OldFileSystem> least) {
        Map<String, Long> extents = new HashMap<>();
        if (length > region.length()) {
            long more = group.extentsIn(length) - group.extentsIn(region.length());
            growable()
                    .filter(each -> chosen.isEmpty() || each.volume().name().equals(chosen))
                    .max(Comparator.comparingLong(each -> each.volume().size()))
                    .filter(any -> more > 0)
                    .ifPresent(each -> extents.put(each.volume().name(), extents(each.volume()) + more));
        } else {
            shorten(extents, group.usedExtents() - group.extentsIn(length), least);
        }
        Rearranged rearranged = group.rearranged(length, extents);
        List<LvmLayout.Change> changes = new ArrayList<>();
        Set<Long> emptied = new HashSet<>(); // where files are copied to, nothing goes cell by cell
        for (LogicalVolume fresh : rearranged.group().volumes()) {
            for (Inner each : inner) {
                if (each.volume().name().equals(fresh.name()) && each.volume().size() != fresh.size()) {
                    // On sectors of another size LVM does not go.
                    boolean isAnew = Anew.isNeeded(each.fileSystem(), fresh.size(), 1, 1);
                    changes.add(new LvmLayout.Change(each.fileSystem(), each.volume(), fresh, isAnew));
                    if (isAnew) {
                        fresh.areas().forEach(area -> emptied.add(area[0]));
                    }
                }
            }
        }
        List<Rearranged.Move> moves = rearranged.moves().stream()
                .filter(move -> !emptied.contains(move.to()))
                .toList();
        Content.Blocks content = isMovable() ? MovedCells.of(blocks, moves) : blocks;
        return new LvmLayout(rearranged, content, changes, words(rearranged, changes));
    }

    /** From the volume that has most to give first. */
    private void shorten(Map<String, Long> extents, long tooMany, ToLongFunction<OldFileSystem> least) {
        List<Inner> givers = new ArrayList<>(inner);
        givers.sort(Comparator.comparingLong((Inner each) -> extents(each.volume()) - least(each, least))
                .reversed());
        long missing = tooMany;
        for (Inner giver : givers) {
            long all = extents(giver.volume());
            long shortest = least(giver, least);
            if (missing > 0 && shortest < all) {
                long wanted = group.whole(giver.volume(), Math.max(1, all - missing), false);
                extents.put(giver.volume().name(), Math.max(shortest, wanted));
                missing -= all - Math.max(shortest, wanted);
            }
        }
    }

    private List<String> words(Rearranged rearranged, List<LvmLayout.Change> changes) {
        List<String> words = new ArrayList<>();
        for (LvmLayout.Change change : changes) {
            long old = change.old().size();
            long fresh = change.fresh().size();
            words.add(change.fileSystem().name() + (fresh > old ? " grows from " : " shrinks from ") + Octets.text(old)
                    + " to " + Octets.text(fresh) + (change.anew() ? ", made anew file by file" : ""));
        }
        if (rearranged.moves().stream().anyMatch(move -> move.from() != move.to())) {
            words.add("the volumes of " + group.group().name() + " are placed side by side");
        }
        return words;
    }
}
