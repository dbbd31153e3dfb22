package firstlight.image.addon;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.Volume;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.tree.FileTree;
import firstlight.image.tree.MountedSystem;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the partition, or the logical volume, that an add-on is for. */
public final class AddOnPlaces {
    /** Where distributions have their root in a Btrfs: what it mounts by itself (openSUSE), Ubuntu, Debian, Fedora. */
    private static final List<String> SUBVOLUMES = List.of("", "@", "@rootfs", "root");

    /** What a system's root is known by. */
    private static final List<String> LINUX = List.of("etc/os-release", "usr/lib/os-release", "etc/fstab");

    private static final String WINDOWS = "Windows/System32";

    private AddOnPlaces() {}

    private record Found(AddOnPlace place, boolean esp) {}

    /** On whole disks. */
    public static AddOnPlace find(List<Disk> disks, PartitionChoice choice) throws IOException {
        return find(disks, choice, Set.of());
    }

    /**
     * Of the first disk that has such a partition.
     *
     * @param only the numbers of the partitions that may be looked at; empty for all. One that {@code choice} numbers is somebody's word
     * @throws ImageFailure when none has, or one has several
     */
    public static AddOnPlace find(List<Disk> disks, PartitionChoice choice, Set<Integer> only) throws IOException {
        Set<Integer> looked = choice instanceof PartitionChoice.Numbered ? Set.of() : only;
        List<Found> all = new ArrayList<>();
        List<String> unseen = new ArrayList<>();
        for (Disk disk : disks) {
            List<Found> here = of(disk, disks, looked);
            all.addAll(here);
            List<AddOnPlace> chosen = chosen(here, choice, unseen);
            if (chosen.size() > 1) {
                throw new ImageFailure(
                        "It is not clear where the add-on is to go",
                        words(choice) + " is on " + names(chosen) + " of " + disk.name(),
                        "Say which: firstlight work restore ... --add-on-partition N");
            }
            if (!chosen.isEmpty()) {
                return chosen.getFirst();
            }
        }
        throw new NoPlace(words(choice) + " was not found; there is "
                + (all.isEmpty()
                        ? "nothing"
                        : names(all.stream().map(Found::place).toList())) + " on "
                + disks.stream().map(Disk::name).collect(Collectors.joining(", "))
                + unseen.stream().map("; "::concat).collect(Collectors.joining()));
    }

    /** All that suit {@code choice}, disk by disk: of all partitions. */
    static List<List<AddOnPlace>> all(List<Disk> disks, PartitionChoice choice) throws IOException {
        List<List<AddOnPlace>> all = new ArrayList<>();
        for (Disk disk : disks) {
            all.add(chosen(of(disk, disks, Set.of()), choice, new ArrayList<>()));
        }
        return all;
    }

    /** @param unseen hears why one could not be looked into, in words */
    private static List<AddOnPlace> chosen(List<Found> here, PartitionChoice choice, List<String> unseen)
            throws IOException {
        List<AddOnPlace> chosen = new ArrayList<>();
        for (Found found : here) {
            try {
                chosen(found, choice).ifPresent(chosen::add);
            } catch (DiskFailure broken) {
                throw broken;
            } catch (ImageFailure other) { // it matters only when no other is the one
                unseen.add(other.what() + ": " + other.cause());
            }
        }
        return chosen;
    }

    static String names(List<AddOnPlace> places) {
        return places.stream().map(AddOnPlace::toString).collect(Collectors.joining(", "));
    }

    static String words(PartitionChoice choice) {
        return switch (choice) {
            case PartitionChoice.OfSystem _ -> "a Linux or Windows system";
            case PartitionChoice.Numbered(int number) -> "partition " + number;
            case PartitionChoice.Labelled(String label) -> "the label '" + label + "'";
            case PartitionChoice.Esp _ -> "an EFI system partition";
        };
    }

    private static List<Found> of(Disk disk, List<Disk> disks, Set<Integer> only) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Partition partition : PartitionTable.read(disk).partitions()) {
            Optional<Path> node = disk.node(partition.number());
            if (node.isPresent() && (only.isEmpty() || only.contains(partition.number()))) {
                Slice slice = new Slice(disk, partition.start(), partition.length());
                AddOnPlace place = new AddOnPlace(node.get(), partition.number(), system(slice), "");
                found.add(new Found(place, partition.isEsp()));
                found.addAll(within(place, slice, disks, only));
            }
        }
        Optional<Path> bare = disk.node(0);
        if (found.isEmpty() && only.isEmpty() && bare.isPresent()) {
            Slice slice = new Slice(disk, 0, disk.size());
            AddOnPlace place = new AddOnPlace(bare.get(), 0, system(slice), "");
            found.add(new Found(place, false));
            found.addAll(within(place, slice, disks, only));
        }
        return found;
    }

    private static List<Found> within(AddOnPlace place, Slice slice, List<Disk> disks, Set<Integer> only)
            throws IOException {
        List<Found> found = new ArrayList<>();
        for (MappedDisk volume :
                place.system() == FileSystem.LVM ? volumes(slice, disks, only) : List.<MappedDisk>of()) {
            AddOnPlace here = new AddOnPlace(place.node(), place.partition(), system(volume), "", Optional.of(volume));
            found.add(new Found(here, false));
        }
        return found;
    }

    /** Those that begin on {@code physical}; one that begins on a clone of it as well and goes on elsewhere is on neither. */
    private static List<MappedDisk> volumes(Slice physical, List<Disk> disks, Set<Integer> only) throws IOException {
        List<Disk> places = physicalVolumes(disks, only);
        Set<LogicalVolume> others = new HashSet<>();
        for (Disk other : places) {
            if (!other.equals(physical)) {
                MappedDisk.on(other, places).forEach(each -> others.add(each.volume()));
            }
        }
        return MappedDisk.on(physical, places).stream()
                .filter(each -> each.volume().volumes().size() == 1 || !others.contains(each.volume()))
                .toList();
    }

    /** Whether a group of LVM lies on several of the physical volumes that {@code disks} have. */
    static boolean hasSpreadGroup(List<Disk> disks) throws IOException {
        List<Disk> places = physicalVolumes(disks, Set.of());
        for (Disk place : places) {
            if (MappedDisk.on(place, places).stream()
                    .anyMatch(each -> each.disks().size() > 1)) {
                return true;
            }
        }
        return false;
    }

    private static List<Disk> physicalVolumes(List<Disk> disks, Set<Integer> only) throws IOException {
        List<Disk> found = new ArrayList<>();
        for (Disk disk : disks) {
            List<Partition> partitions = PartitionTable.read(disk).partitions();
            List<Slice> places = new ArrayList<>();
            for (Partition each : partitions) {
                if (only.isEmpty() || only.contains(each.number())) {
                    places.add(new Slice(disk, each.start(), each.length()));
                }
            }
            if (partitions.isEmpty() && only.isEmpty()) {
                places.add(new Slice(disk, 0, disk.size()));
            }
            for (Slice place : places) {
                if (system(place) == FileSystem.LVM) {
                    found.add(place);
                }
            }
        }
        return found;
    }

    private static FileSystem system(Disk disk) throws IOException {
        return Signatures.recognise(new Volume.OfDisk(disk, "", 0, 0, disk.size()).window());
    }

    private static Optional<AddOnPlace> chosen(Found found, PartitionChoice choice) throws IOException {
        Optional<AddOnPlace> place = Optional.of(found.place);
        return switch (choice) {
            case PartitionChoice.OfSystem _ -> system(found.place);
            case PartitionChoice.Numbered(int number) ->
                place.filter(each -> each.partition() == number && each.volume().isEmpty());
            case PartitionChoice.Labelled(String label) -> label(found.place).equals(label) ? place : Optional.empty();
            case PartitionChoice.Esp _ -> place.filter(_ -> found.esp);
        };
    }

    private static String label(AddOnPlace place) throws IOException {
        try (Lent lent = Lent.of(place, Access.READ)) {
            return Tool.run(List.of(
                            "blkid",
                            "-p",
                            "-u",
                            "noraid", // a volume that is shown as a disk is taken for a raid's by two octets at its end
                            "-o",
                            "value",
                            "-s",
                            "LABEL",
                            lent.node().toString()))
                    .lastLine();
        }
    }

    /** {@code place}, when a system's root is on it. */
    private static Optional<AddOnPlace> system(AddOnPlace place) throws IOException {
        if (!Set.of(Keeping.UNIX, Keeping.NTFS)
                .contains(Keeping.of(place.system()).orElse(Keeping.FAT))) {
            return Optional.empty();
        }
        for (String subvolume : place.system() == FileSystem.BTRFS ? SUBVOLUMES : List.of("")) {
            AddOnPlace here = place.in(subvolume);
            if (!subvolume.isEmpty() && !has(place, subvolume)) {
                continue;
            }
            try (MountedSystem mounted = Lent.mounted(here, MountedSystem.Use.LOOK)) {
                if (isSystem(mounted.tree(), place.system())) {
                    return Optional.of(here);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean has(AddOnPlace place, String subvolume) throws IOException {
        try (MountedSystem mounted = Lent.mounted(place, MountedSystem.Use.LOOK)) {
            return mounted.tree().stat(subvolume).isPresent();
        }
    }

    private static boolean isSystem(FileTree tree, FileSystem system) throws IOException {
        if (system == FileSystem.NTFS) {
            return tree.leadsToFolder(WINDOWS);
        }
        for (String file : LINUX) {
            if (tree.stat(file).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Whether what it is laid on counts as a system's root by what it brings. */
    static boolean makesSystem(AddOn addOn) {
        return addOn.entries().stream()
                .map(AddOnEntry::path)
                .anyMatch(path -> LINUX.contains(path)
                        || (path + "/").regionMatches(true, 0, WINDOWS + "/", 0, WINDOWS.length() + 1));
    }
}
