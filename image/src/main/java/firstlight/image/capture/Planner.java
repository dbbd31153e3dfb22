package firstlight.image.capture;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.capture.DiskPlan.PlannedRegion;
import firstlight.image.disk.Source;
import firstlight.image.disk.ViewFile;
import firstlight.image.extents.Extents;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.RaidAtEnd;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.SwapHeader;
import firstlight.image.extents.UsedBlocks;
import firstlight.image.extents.Volume;
import firstlight.image.leftout.LeftOut;
import firstlight.image.luks.KeyRing;
import firstlight.image.luks.LuksVolume;
import firstlight.image.luks.Opened;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds out what of disks is in use. First it looks into every volume, those within others as well; what it cannot look
 * into is known then, before any time was spent on maps.
 */
final class Planner implements AutoCloseable {
    /** Files that a note names. */
    private static final int MOST_NAMES = 10;

    private static final String SENSELESS = "its partition table is not to be believed";

    private final CaptureOptions options;
    private final KeyRing keys;
    private final List<ViewFile> views = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** Whether a volume was opened: zeros that are laid down in it are deciphered. Looks come before maps. */
    private volatile boolean isEncrypted;

    /** @param say hears what takes long */
    Planner(CaptureOptions options, Consumer<String> say) {
        this.options = options;
        this.keys = new KeyRing(options.passphrases(), say);
    }

    /**
     * A partition, or a disk without a table.
     *
     * @param number of the partition, 0 for none
     * @param type of the partition, as its table says it
     * @param known false for a disk with a table that makes no sense: what seems to be a file system across it is none
     */
    private record Place(Disk disk, int number, long start, long length, String type, boolean known) {}

    /** In the order of the disks, and of the table within each. Nothing is written, and no chunk is made. */
    CapturePlan plan(List<Disk> disks) throws IOException {
        Map<Disk, PartitionTable> tables = new LinkedHashMap<>();
        List<Place> places = new ArrayList<>();
        for (Disk bare : disks) {
            PartitionTable read = PartitionTable.read(bare); // never with zeros in it
            Disk disk = options.ifUnreadable() == IfUnreadable.ZERO ? new Salvage(bare, IfUnreadable.ZERO) : bare;
            PartitionTable table = DiskOfArray.believed(disk, read);
            notes.addAll(isSkipped() ? bare(table.notes()) : table.notes());
            tables.put(disk, table);
            if (table.sectors().kind() == Kind.NONE) {
                places.add(new Place(disk, 0, 0, disk.size(), "", table.notes().isEmpty()));
            }
            for (Partition partition : table.partitions()) {
                places.add(new Place(
                        disk, partition.number(), partition.start(), partition.length(), partition.type(), true));
            }
        }
        // All looks before any map: a capture that must stop has cost seconds, not the minutes of maps.
        List<Look> looks = Together.all(places, this::typed);
        List<Look> physical = looks.stream()
                .map(Look::innermost)
                .filter(LvmPlan::isPhysicalVolume)
                .toList();
        LvmPlan lvm = LvmPlan.of(physical, (source, name) -> look(view(source, name)));
        List<Look> all = new ArrayList<>(looks);
        all.addAll(lvm.looks());
        stopWhenLocked(all, senseless(tables));
        refuseToSkip(lvm.looks());
        // Before the physical volumes: what of these is in use follows from their volumes' maps.
        lvm.map(look -> used(look, lvm, true));
        List<UsedBlocks> used = Together.all(looks, look -> mapped(look, lvm));
        notes.addAll(lvm.notes());
        List<DiskPlan> plans = new ArrayList<>();
        for (Map.Entry<Disk, PartitionTable> each : tables.entrySet()) {
            plans.add(plan(each.getKey(), each.getValue(), places, looks, used));
        }
        refuseNothing(looks, plans);
        LostFiles lostFiles = new LostFiles(lvm);
        for (int i = 0; i < places.size(); i++) {
            lostFiles.add(places.get(i).disk(), places.get(i).start(), looks.get(i));
        }
        return new CapturePlan(plans, notes, options.ifUnreadable(), lostFiles);
    }

    /** One disk's part of the plan; {@code places} are those of all disks, with what was found in each at the same index. */
    private DiskPlan plan(Disk disk, PartitionTable table, List<Place> places, List<Look> looks, List<UsedBlocks> used)
            throws IOException {
        List<PlannedRegion> regions = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i).disk().equals(disk)) {
                UsedBlocks blocks = sound(places.get(i), looks.get(i), used.get(i));
                notes.addAll(blocks.notes());
                region(places.get(i), looks.get(i), blocks).ifPresent(regions::add);
            }
        }
        if (table.sectors().kind() == Kind.NONE) {
            return new DiskPlan(disk, table, DiskPlan.withoutSafe(disk, regions));
        }
        regions.addAll(DiskPlan.gaps(disk, table, notes));
        return new DiskPlan(disk, table, regions);
    }

    /** It would be the newest version, and a room that restores that would be told that it was restored. */
    private void refuseNothing(List<Look> looks, List<DiskPlan> plans) throws ImageFailure {
        boolean any = looks.stream().anyMatch(look -> look.doubt().isPresent());
        if (isSkipped() && any && plans.stream().allMatch(plan -> plan.regions().isEmpty())) {
            throw new ImageFailure(
                    "Nothing of this PC would be in the image",
                    "of all that its disks hold it cannot be told what is in use, and that is to be skipped",
                    "Capture again with the choice 'raw' (all of it)");
        }
    }

    private UsedBlocks mapped(Look look, LvmPlan lvm) throws IOException {
        try {
            return used(look, lvm, false);
        } catch (DiskFailure unreadable) {
            throw unreadable(look.volume(), unreadable);
        }
    }

    /** What a map was read from must have been read. A map with zeros in it would call blocks free that are not. */
    private UsedBlocks sound(Place place, Look look, UsedBlocks used) throws IOException {
        boolean byMap = used.extents().count() > 0
                && (used.mapped()
                        || used.extents().octets() < look.volume().size()); // some keep their size all the same
        return byMap && LostSectors.isIn(place.disk(), place.start(), place.length())
                ? UsedBlocks.whole(look.volume(), "sectors that tell what is in use cannot be read")
                : used;
    }

    private Optional<PlannedRegion> region(Place place, Look look, UsedBlocks used) {
        return look.doubt().isPresent() && isSkipped()
                ? Optional.empty()
                : Optional.of(new PlannedRegion(
                        place.number(),
                        place.start(),
                        place.length(),
                        look.fileSystem(),
                        look.swap(),
                        used.mapped(),
                        used.extents()));
    }

    private Look typed(Place place) throws IOException {
        Look look = look(place);
        return VmfsPartition.doubt(place.type(), look.fileSystem())
                .map(why -> new Look(
                        look.volume(), FileSystem.UNKNOWN, Optional.empty(), Optional.of(why), Optional.empty()))
                .orElse(look);
    }

    /**
     * What a dynamic disk's partition, or a disk whose table makes no sense, seems to hold is not looked into: it may be a part
     * of something.
     */
    private Look look(Place place) throws IOException {
        String name = place.number() == 0
                ? place.disk().name()
                : "partition " + place.number() + " of " + place.disk().name();
        Volume volume = new Volume.OfDisk(place.disk(), name, place.number(), place.start(), place.length());
        try {
            Optional<String> doubt =
                    place.known() || !isSkipped() ? DynamicDisk.doubt(place.type()) : Optional.of(SENSELESS);
            return place.known() && doubt.isEmpty()
                    ? look(volume)
                    : new Look(volume, FileSystem.UNKNOWN, Optional.empty(), doubt, Optional.empty());
        } catch (DiskFailure unreadable) {
            throw unreadable(volume, unreadable);
        }
    }

    private static DiskFailure unreadable(Volume volume, DiskFailure unreadable) {
        return LostSectors.failure(
                unreadable.disk(), volume.name() + " cannot be looked into, " + unreadable.what(), unreadable.cause());
    }

    private Look look(Volume bare) throws IOException {
        byte[] window = bare.window();
        FileSystem fileSystem = Signatures.recognise(window);
        Volume volume = fileSystem.word().isEmpty() ? bare : bare.named(bare.name() + " (" + fileSystem.word() + ")");
        Optional<SwapHeader> swap = fileSystem == FileSystem.SWAP ? SwapHeader.read(window) : Optional.empty();
        Optional<String> kept = swap.isPresent() ? keptSwap(swap.get(), volume, window) : Optional.empty();
        if (kept.isPresent()) {
            return new Look(volume, fileSystem, Optional.empty(), kept, Optional.empty());
        }
        Optional<Path> path = volume.path();
        if (fileSystem == FileSystem.LUKS && RaidAtEnd.find(volume).isPresent()) {
            return new Look(volume, fileSystem, swap, Optional.of(RaidAtEnd.WORDS), Optional.empty());
        }
        if (fileSystem == FileSystem.LUKS && path.isPresent()) {
            Optional<Opened> opened = keys.opened(volume, window);
            if (opened.isPresent()) {
                isEncrypted = true;
                Look inside = look(view(opened.get().source(), "what is in " + bare.name()));
                return new Look(
                        volume,
                        fileSystem,
                        swap,
                        inside.doubt(),
                        Optional.of(new Look.Inner(opened.get().offset(), inside)));
            }
            if (!options.passphrases().of(LuksVolume.uuid(window)).isEmpty()) {
                return new Look(
                        volume,
                        fileSystem,
                        swap,
                        Optional.of("it is encrypted with LUKS, and " + keys.whyClosed(window)),
                        Optional.empty());
            }
        }
        return new Look(volume, fileSystem, swap, UsedBlocks.doubt(volume, fileSystem, window), Optional.empty());
    }

    /** Why swap space cannot be made anew: it would lose what a system has put aside, whose file systems wait for it. */
    private static Optional<String> keptSwap(SwapHeader swap, Volume volume, byte[] window) throws IOException {
        if (!swap.isClean(window)) {
            return Optional.of(
                    "a Linux system is hibernated in it (it gets no other name and no add-ons where it is restored)");
        }
        return RaidAtEnd.find(volume).isPresent() ? Optional.of(RaidAtEnd.WORDS) : Optional.empty();
    }

    /** Without views, on a kernel without FUSE, tools have nothing to look at, and the volume is taken whole. */
    private Volume view(Source source, String name) {
        try {
            ViewFile view = ViewFile.of(source);
            synchronized (views) {
                views.add(view);
            }
            return new Volume.Seen(source, name, Optional.of(view.path()));
        } catch (IOException none) {
            return new Volume.Seen(source, name, Optional.empty());
        }
    }

    /** What is told of tables that are not believed. */
    private static List<String> senseless(Map<Disk, PartitionTable> tables) {
        return tables.values().stream()
                .filter(table -> table.sectors().kind() == Kind.NONE)
                .flatMap(table -> bare(table.notes()).stream())
                .toList();
    }

    private static List<String> bare(List<String> notes) {
        return notes.stream()
                .map(note -> note.replace(PartitionTable.TAKEN_WHOLE, ""))
                .toList();
    }

    private boolean isSkipped() {
        return options.ifLocked() == IfLocked.SKIP;
    }

    /** A restore trims all of a physical volume, and where it is longer or shorter places what it holds anew. */
    private void refuseToSkip(List<Look> within) throws ImageFailure {
        List<String> locked = described(within);
        if (isSkipped() && !locked.isEmpty()) {
            throw new ImageFailure(
                    "A logical volume cannot be skipped",
                    "a restore would leave nothing of what a PC has in it, since it writes all of the volume group; it"
                            + " cannot be told what is in use in " + String.join("; ", locked),
                    "Cure that, or capture again with the choice 'raw' (all of it)");
        }
    }

    private static List<String> described(List<Look> looks) {
        return looks.stream()
                .filter(look -> look.doubt().isPresent())
                .map(look -> look.volume().name() + ": " + look.doubt().orElse(""))
                .toList();
    }

    private void stopWhenLocked(List<Look> looks, List<String> tables) throws ImageFailure {
        List<String> locked = new ArrayList<>(described(looks));
        locked.addAll(tables);
        if (options.ifLocked() == IfLocked.STOP && !locked.isEmpty()) {
            throw new ImageFailure(
                    "The capture was stopped before it began",
                    "it cannot be told what is in use in " + String.join("; ", locked),
                    "Cure that, or capture again with the choice 'raw' (all of it) or 'skip' (nothing of it)");
        }
    }

    /** @param within another volume, so that it has no region of its own */
    private UsedBlocks used(Look look, LvmPlan lvm, boolean within) throws IOException {
        if (look.doubt().isPresent()) {
            String why = look.doubt().get();
            return isSkipped()
                    ? new UsedBlocks(true, Extents.NONE, List.of(look.volume().name() + " is not in the image: " + why))
                    : UsedBlocks.whole(look.volume(), why);
        }
        if (look.inner().isPresent()) {
            Look.Inner inner = look.inner().get();
            return around(inner, used(inner.look(), lvm, true), look.volume().size());
        }
        if (look.fileSystem() == FileSystem.LVM) {
            return lvm.used(look);
        }
        if (look.swap().isPresent()) {
            // Within another volume it cannot be made anew at restore: its first page is kept.
            Extents page = within ? Extents.of(0, look.swap().get().pageSize()) : Extents.NONE;
            return new UsedBlocks(false, page, List.of());
        }
        UsedBlocks blocks = UsedBlocks.find(look.volume(), look.fileSystem());
        if (blocks.mapped()) {
            return without(blocks, look);
        }
        List<String> told = new ArrayList<>(blocks.notes());
        if (isAsked() && LeftOut.isPossible(look.fileSystem())) {
            told.add(look.volume().name() + " is with all of its files: of what keeps its size none are left out");
        }
        return new UsedBlocks(false, blocks.extents(), told);
    }

    /** Whether files are to be left out that somebody named. */
    private boolean isAsked() {
        return options.leaveOut().stream().anyMatch(pattern -> !CaptureOptions.PAGE_FILES.contains(pattern));
    }

    private UsedBlocks without(UsedBlocks blocks, Look look) throws IOException {
        boolean asked = isAsked();
        if (asked && !LeftOut.isPossible(look.fileSystem())) {
            List<String> told = new ArrayList<>(blocks.notes());
            told.add(look.volume().name() + " is with all of its files: none can be left out of "
                    + look.fileSystem().word());
            return new UsedBlocks(true, blocks.extents(), told);
        }
        if (!asked && Set.of(FileSystem.XFS, FileSystem.BTRFS, FileSystem.F2FS).contains(look.fileSystem())) {
            return blocks; // the usual files are Windows', and to look for them is to mount it
        }
        LeftOut out = LeftOut.in(look.volume(), look.fileSystem(), options.leaveOut());
        List<String> told = new ArrayList<>(blocks.notes());
        if (out.obstacle().isPresent() && (asked || look.fileSystem() == FileSystem.NTFS)) {
            told.add(look.volume().name() + " is with all of its files: "
                    + out.obstacle().get());
        }
        if (!out.kept().isEmpty()) {
            told.add(look.volume().name() + " keeps the content of " + names("; ", out.kept()));
        }
        if (out.files().isEmpty()) {
            return new UsedBlocks(true, blocks.extents(), told);
        }
        told.add(look.volume().name() + " is without the content of " + names(", ", out.files()) + ": it reads as zeros"
                + (isEncrypted ? ", and as noise in what is encrypted" : "")
                + (out.swap() ? ", but for the first page of swap files" : ""));
        return new UsedBlocks(true, blocks.extents().without(out.extents()), told);
    }

    private static String names(String between, List<String> files) {
        String more = files.size() > MOST_NAMES ? " and " + (files.size() - MOST_NAMES) + " more" : "";
        return String.join(between, files.stream().limit(MOST_NAMES).toList()) + more;
    }

    /** The header of the volume around it, and what is behind the last whole sector. */
    private static UsedBlocks around(Look.Inner inner, UsedBlocks used, long size) {
        long end = inner.offset() + inner.look().volume().size();
        List<long[]> ranges =
                new ArrayList<>(used.extents().shifted(inner.offset()).ranges());
        ranges.add(new long[] {0, inner.offset()});
        ranges.add(new long[] {end, size});
        return new UsedBlocks(true, Extents.union(ranges), used.notes());
    }

    @Override
    public void close() throws IOException {
        for (ViewFile view : views) {
            view.close();
        }
    }
}
