package firstlight.image.addon;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.Volume;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.FileEntry;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.tree.FileTree;
import firstlight.image.tree.MountedSystem;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the partition, or the logical volume, that an add-on is for. */
public final class Sites {
    /** Where distributions have their root in a Btrfs: what it mounts by itself (openSUSE), Ubuntu, Debian, Fedora. */
    private static final List<String> SUBVOLUMES = List.of("", "@", "@rootfs", "root");

    /** What a system's root is known by. */
    private static final List<String> LINUX = List.of("etc/os-release", "usr/lib/os-release", "etc/fstab");

    private static final String WINDOWS = "Windows/System32";

    private Sites() {}

    private record Found(Site site, boolean esp) {}

    /** On whole disks. */
    public static Site find(List<Disk> disks, PartitionChoice choice) throws IOException {
        return find(disks, choice, Set.of());
    }

    /**
     * Of the first disk that has such a partition.
     *
     * @param only the numbers of the partitions that may be looked at; empty for all. One that {@code choice} numbers is
     *     somebody's word
     * @throws ImageFailure when none has, or one has several
     */
    public static Site find(List<Disk> disks, PartitionChoice choice, Set<Integer> only) throws IOException {
        Set<Integer> looked = choice instanceof PartitionChoice.Numbered ? Set.of() : only;
        List<Found> all = new ArrayList<>();
        List<String> unseen = new ArrayList<>();
        for (Disk disk : disks) {
            List<Found> here = of(disk, looked);
            all.addAll(here);
            List<Site> chosen = new ArrayList<>();
            for (Found found : here) {
                try {
                    chosen(found, choice).ifPresent(chosen::add);
                } catch (DiskFailure broken) {
                    throw broken;
                } catch (ImageFailure other) { // it matters only when no other is the one
                    unseen.add(other.what() + ": " + other.cause());
                }
            }
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
                        : names(all.stream().map(Found::site).toList())) + " on "
                + disks.stream().map(Disk::name).collect(Collectors.joining(", "))
                + unseen.stream().map("; "::concat).collect(Collectors.joining()));
    }

    private static String names(List<Site> sites) {
        return sites.stream().map(Site::toString).collect(Collectors.joining(", "));
    }

    private static String words(PartitionChoice choice) {
        return switch (choice) {
            case PartitionChoice.OfSystem _ -> "a Linux or Windows system";
            case PartitionChoice.Numbered(int number) -> "partition " + number;
            case PartitionChoice.Labelled(String label) -> "the label '" + label + "'";
            case PartitionChoice.Esp _ -> "an EFI system partition";
        };
    }

    private static List<Found> of(Disk disk, Set<Integer> only) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Partition partition : PartitionTable.read(disk).partitions()) {
            Optional<Path> node = disk.node(partition.number());
            if (node.isPresent() && (only.isEmpty() || only.contains(partition.number()))) {
                Slice place = new Slice(disk, partition.start(), partition.length());
                Site site = new Site(node.get(), partition.number(), system(place), "");
                found.add(new Found(site, partition.isEsp()));
                found.addAll(within(site, place));
            }
        }
        Optional<Path> bare = disk.node(0);
        if (found.isEmpty() && only.isEmpty() && bare.isPresent()) {
            Slice place = new Slice(disk, 0, disk.size());
            Site site = new Site(bare.get(), 0, system(place), "");
            found.add(new Found(site, false));
            found.addAll(within(site, place));
        }
        return found;
    }

    private static List<Found> within(Site site, Disk place) throws IOException {
        List<Found> found = new ArrayList<>();
        for (MappedDisk volume : site.system() == FileSystem.LVM ? MappedDisk.on(place) : List.<MappedDisk>of()) {
            Site here = new Site(site.node(), site.partition(), system(volume), "", Optional.of(volume));
            found.add(new Found(here, false));
        }
        return found;
    }

    private static FileSystem system(Disk disk) throws IOException {
        return Signatures.recognise(new Volume.OfDisk(disk, "", 0, 0, disk.size()).window());
    }

    private static Optional<Site> chosen(Found found, PartitionChoice choice) throws IOException {
        Optional<Site> site = Optional.of(found.site);
        return switch (choice) {
            case PartitionChoice.OfSystem _ -> system(found.site);
            case PartitionChoice.Numbered(int number) ->
                site.filter(each -> each.partition() == number && each.volume().isEmpty());
            case PartitionChoice.Labelled(String label) -> label(found.site).equals(label) ? site : Optional.empty();
            case PartitionChoice.Esp _ -> site.filter(_ -> found.esp);
        };
    }

    private static String label(Site site) throws IOException {
        try (Lent lent = Lent.of(site, Access.READ)) {
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

    /** {@code site}, when a system's root is on it. */
    private static Optional<Site> system(Site site) throws IOException {
        if (!Set.of(Keeping.UNIX, Keeping.NTFS)
                .contains(Keeping.of(site.system()).orElse(Keeping.FAT))) {
            return Optional.empty();
        }
        for (String subvolume : site.system() == FileSystem.BTRFS ? SUBVOLUMES : List.of("")) {
            Site here = site.in(subvolume);
            if (!subvolume.isEmpty() && !has(site, subvolume)) {
                continue;
            }
            try (MountedSystem mounted = Lent.mounted(here, MountedSystem.Use.LOOK)) {
                if (isSystem(mounted.tree(), site.system())) {
                    return Optional.of(here);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean has(Site site, String subvolume) throws IOException {
        try (MountedSystem mounted = Lent.mounted(site, MountedSystem.Use.LOOK)) {
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
                .map(FileEntry::path)
                .anyMatch(path -> LINUX.contains(path)
                        || (path + "/").regionMatches(true, 0, WINDOWS + "/", 0, WINDOWS.length() + 1));
    }
}
