package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.luks.KeyRing;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Overlay;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * How short a region can become, as the file system's own tool says it, looking into the image: before anything is written
 * anywhere. Needs root.
 *
 * @param keys of what is encrypted in the image; what they do not open stays as long as it is
 */
public record Shortest(ChunkSource source, KeyRing keys) {
    /** The tools' own word is an estimate, and a file system that is full to the brim serves nobody. */
    private static final long ROOM = 16L << 20;

    /** Lays an image out when it is told how short each region can be made. */
    @FunctionalInterface
    public interface Planner {
        DiskLayout plan(Lengths lengths) throws IOException;
    }

    /**
     * A disk of the image, which is to be laid out.
     *
     * @param sectorSize of the disk it goes to
     */
    public record Wanted(DiskImage image, int sectorSize, Planner planner) {
        private DiskLayout plan(Lengths lengths) throws IOException {
            return planner.plan(lengths);
        }

        private Wanted with(UnaryOperator<Lengths> change) {
            return new Wanted(image, sectorSize, lengths -> planner.plan(change.apply(lengths)));
        }
    }

    /**
     * Refuses a volume that is to grow and cannot, and a partition that is not there, before anything else is done.
     *
     * @param isRoom whether any disk or partition has room for something to grow: a rule for a room of PCs names a volume for those that have
     * @throws ImageFailure with the names of those that can
     */
    public void check(List<DiskImage> disks, Wishes.Grow grow, boolean isRoom) throws IOException {
        if (grow.partition() != Wishes.Grow.OF_VOLUME) {
            refuseMissing(disks, grow.partition());
            return;
        }
        if (!isRoom) {
            return;
        }
        List<String> able = Lengths.byMap(disks, source, keys, Set.of()).stream()
                .flatMap(lengths -> lengths.volumes().stream())
                .distinct()
                .toList();
        if (!able.contains(grow.volume())) {
            throw new ImageFailure(
                    "The volume " + grow.volume() + " cannot grow",
                    able.isEmpty()
                            ? "the image has no volume of LVM that can"
                            : "the volumes of the image that can are " + String.join(", ", able),
                    "Choose a volume or a partition that can with option grow, or grow=none");
        }
    }

    private static void refuseMissing(List<DiskImage> disks, int wanted) throws ImageFailure {
        List<Integer> numbers = disks.stream()
                .flatMap(disk -> PartitionTable.partitions(disk.table(), disk.sectorSize()).stream())
                .map(Partition::number)
                .distinct()
                .toList();
        if (wanted > 0 && !numbers.contains(wanted)) {
            throw new ImageFailure(
                    "The image has no partition " + wanted + " that could grow",
                    "it has " + numbers,
                    "Choose another with option grow, or grow=none");
        }
    }

    /**
     * The same as {@link #layout}, on the machine that will do it: what its kernel cannot mount, where only a mounted file system grows,
     * stays as long as it is.
     */
    public List<DiskLayout> layoutHere(List<Wanted> disks, Set<Integer> only) throws IOException {
        List<Map<OldFileSystem, String>> refused = new ArrayList<>();
        disks.forEach(_ -> refused.add(new HashMap<>()));
        while (true) {
            Set<OldFileSystem> anywhere = new HashSet<>();
            refused.forEach(each -> anywhere.addAll(each.keySet()));
            List<Wanted> rest = new ArrayList<>();
            for (int i = 0; i < disks.size(); i++) {
                Map<OldFileSystem, String> here = refused.get(i);
                rest.add(disks.get(i).with(lengths -> lengths.without(here, anywhere)));
            }
            List<DiskLayout> layouts = layout(rest, only);
            boolean isDone = true;
            for (int i = 0; i < disks.size(); i++) {
                Wanted disk = disks.get(i);
                Growth growth = new Growth(source, disk.image().sectorSize(), disk.sectorSize());
                Map<OldFileSystem, String> more = growth.refused(layouts.get(i).placements());
                refused.get(i).putAll(more); // none of these grows in the next layout
                isDone &= more.isEmpty();
            }
            if (isDone) {
                return layouts;
            }
        }
    }

    /**
     * What the planners say: by the map of the used blocks alone when nothing has to shrink, else with the tools' word.
     *
     * @param only the numbers of the partitions that are restored; empty where these are all disks of the image
     * @throws firstlight.image.ImageFailure when it does not fit
     */
    public List<DiskLayout> layout(List<Wanted> disks, Set<Integer> only) throws IOException {
        List<Lengths> lengths = Lengths.byMap(disks.stream().map(Wanted::image).toList(), source, keys, only);
        Map<Integer, Told> own = new HashMap<>();
        Told groups = new Told(new HashMap<>(), new ArrayList<>()); // whose disks all have to know the same
        Set<Set<String>> asked = new HashSet<>();
        while (true) {
            List<Wanted> known = new ArrayList<>();
            for (int i = 0; i < disks.size(); i++) {
                known.add(told(disks.get(i), own.getOrDefault(i, Told.NOTHING), groups));
            }
            List<DiskLayout> layouts = together(known, lengths);
            boolean isDone = true;
            for (int i = 0; i < disks.size(); i++) {
                Lengths here = lengths.get(i);
                List<Placement> placements = layouts.get(i).placements();
                if (!own.containsKey(i)
                        && placements.stream()
                                .filter(each -> here.onSeveral(each.region()).isEmpty())
                                .anyMatch(each -> each.anew() || isShrunkByTool(each))) {
                    own.put(i, asked(disks.get(i), here));
                    isDone = false;
                }
                for (LvmGroup group : here.several()) {
                    if (isShrunk(group, placements) && asked.add(group.ids())) {
                        group.eachElastic(source, (old, within) -> groups.ask(old, within, within.sectorSize()));
                        isDone = false;
                    }
                }
            }
            if (isDone) {
                return layouts; // what the tools said may make others shrink, who are asked then
            }
        }
    }

    /** Whether a file system shrinks in {@code group}, as one of its physical volumes tells. */
    private static boolean isShrunk(LvmGroup group, List<Placement> placements) {
        return placements.stream()
                .flatMap(each -> each.group().stream())
                .anyMatch(each -> each.group().keySet().equals(group.ids()) && each.shrinksFileSystems());
    }

    /**
     * What the tools said.
     *
     * @param exact how short each file system can become
     * @param unknown of which they cannot tell, in words
     */
    private record Told(Map<OldFileSystem, Long> exact, List<String> unknown) {
        static final Told NOTHING = new Told(Map.of(), List.of());

        void ask(OldFileSystem old, Disk within, int sectors) throws IOException {
            if (exact.containsKey(old)) {
                return; // the same volume, of another one of its disks
            }
            try {
                exact.put(old, of(old, within, sectors));
            } catch (ImageFailure toolFailed) { // perhaps others have room enough to give
                exact.put(old, old.length());
                unknown.add(old.name() + " stays as long as it is, because " + toolFailed.cause());
            }
        }
    }

    /** A group of LVM on several disks becomes what all its physical volumes will be: these come to be known first. */
    private static List<DiskLayout> together(List<Wanted> disks, List<Lengths> alone) throws IOException {
        List<Lengths> lengths = new ArrayList<>(alone);
        List<DiskLayout> layouts = new ArrayList<>();
        Map<String, Long> settled = new HashMap<>();
        Map<Integer, Long> full = new TreeMap<>();
        for (int i = 0; i < disks.size(); i++) {
            try {
                layouts.add(disks.get(i).plan(lengths.get(i)));
                settle(layouts.getLast(), lengths.get(i), settled);
            } catch (ImageFailure tooSmall) {
                if (!lengths.get(i).hasSeveral()) {
                    throw tooSmall;
                }
                full.put(i, tooSmall instanceof TooSmall few ? few.enough() : Long.MAX_VALUE);
            }
        }
        if (!full.isEmpty()) {
            handOver(disks, lengths, full, settled);
        }
        if (settled.isEmpty()) {
            return layouts;
        }
        layouts.clear();
        for (int i = 0; i < disks.size(); i++) {
            layouts.add(disks.get(i).plan(lengths.get(i).settled(settled)));
        }
        return layouts;
    }

    /**
     * What has no room on a disk goes to others.
     *
     * @param full how much the disks lack that are too small for what is in use on them, by their places in {@code disks}
     * @throws ImageFailure when all together are
     */
    private static void handOver(
            List<Wanted> disks, List<Lengths> lengths, Map<Integer, Long> full, Map<String, Long> settled)
            throws IOException {
        Set<Set<String>> groups = new HashSet<>();
        full.keySet().forEach(i -> lengths.get(i).several().forEach(group -> groups.add(group.ids())));
        for (int i = 0; i < disks.size(); i++) {
            if (!full.containsKey(i)) {
                lengths.set(i, lengths.get(i).taking(groups));
                settle(disks.get(i).plan(lengths.get(i)), lengths.get(i), settled);
            }
        }
        for (Map.Entry<Integer, Long> each : full.entrySet()) {
            int i = each.getKey();
            lengths.set(i, lengths.get(i).handingOver(settled, each.getValue()));
            settle(disks.get(i).plan(lengths.get(i)), lengths.get(i), settled);
        }
    }

    private static void settle(DiskLayout layout, Lengths lengths, Map<String, Long> settled) {
        for (Placement placement : layout.placements()) {
            lengths.onSeveral(placement.region()).ifPresent(id -> settled.put(id, placement.length()));
        }
    }

    /** How short each file system of a disk can become; of no group that lies on others, too. */
    private Told asked(Wanted disk, Lengths lengths) throws IOException {
        Told told = new Told(new HashMap<>(), new ArrayList<>());
        for (Region region : disk.image().regions()) {
            try (Disk image = ImageDisk.of(region.name(), region, disk.image().sectorSize(), source)) {
                lengths.eachElastic(region, image, (old, within) -> {
                    // What is encrypted has sectors of its own, and keeps them.
                    int sectors = LuksRegion.isEncrypted(region) ? within.sectorSize() : disk.sectorSize();
                    told.ask(old, within, sectors);
                });
            }
        }
        return told;
    }

    /** The same disk, of which the tools have said so much. */
    private static Wanted told(Wanted disk, Told own, Told groups) {
        return new Wanted(disk.image(), disk.sectorSize(), known -> {
            try {
                return disk.plan(known.with(old -> {
                    long asOthers = groups.exact().getOrDefault(old, Elasticity.leastByMap(old));
                    return own.exact().getOrDefault(old, asOthers);
                }));
            } catch (ImageFailure tooSmall) {
                if (own.unknown().isEmpty() && groups.unknown().isEmpty()) {
                    throw tooSmall;
                }
                List<String> causes = new ArrayList<>(List.of(tooSmall.cause()));
                causes.addAll(own.unknown());
                causes.addAll(groups.unknown());
                String cause = String.join("; ", causes);
                throw tooSmall instanceof TooSmall few
                        ? few.because(cause)
                        : new ImageFailure(tooSmall.what(), cause, tooSmall.cure());
            }
        });
    }

    private static boolean isShrunkByTool(Placement placement) {
        return placement
                .within()
                .map(Within::shrinksFileSystems)
                .orElse(placement.shrinks() && Elasticity.of(placement.region()) == Elasticity.GROWS_AND_SHRINKS);
    }

    private static long of(OldFileSystem old, Disk disk, int newSectorSize) throws IOException {
        if (Anew.isPossible(old)) {
            long least = Anew.of(old, disk).shortest(newSectorSize);
            return disk.sectorSize() == newSectorSize ? Math.min(old.length(), least) : least;
        }
        // The overlay is for tools that write even when they only ask.
        try (Overlay overlay = Overlay.over(new Slice(disk, 0, disk.size()));
                KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
            long least = FileSystemTool.of(old.kind()).shortest(device.node());
            return Math.min(old.length(), least > old.length() ? least : least + least / 50 + ROOM);
        }
    }
}
