package firstlight.image.addon;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.FileSystem;
import firstlight.image.luks.KeyRing;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.manifest.Region;
import firstlight.image.resize.DiskLayout;
import firstlight.image.table.PartitionTable;
import firstlight.image.tree.MountedSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The place that an add-on is for, looked for in an image, before a disk is erased and restored for nothing.
 *
 * @param suiting the place, and behind it what suits the add-on as well on other disks; empty where volumes stay on their disks
 * @param wanted what it is for, in words
 */
public record ImagedPlace(List<Suiting> suiting, String wanted) {
    public ImagedPlace {
        suiting = List.copyOf(suiting);
    }

    /** @param disk which of the image's it begins on */
    record Suiting(int disk, AddOnPlace place) {
        /** The disk on which it will begin: a volume of LVM may go to another one (docs/adr/0040). */
        private int after(List<DiskLayout> layouts) {
            Optional<LogicalVolume> volume = place.volume().map(MappedDisk::volume);
            return layouts.stream()
                    .flatMap(layout -> layout.placements().stream())
                    .flatMap(placement -> placement.group().stream())
                    .filter(group -> volume.map(LogicalVolume::volumes)
                            .filter(group.group().keySet()::containsAll)
                            .isPresent())
                    .findFirst()
                    .flatMap(group -> group.rearranged().group().volumes().stream()
                            .filter(fresh ->
                                    fresh.name().equals(volume.orElseThrow().name()))
                            .findFirst()
                            .flatMap(fresh -> Optional.ofNullable(group.group().get(fresh.first()))))
                    .map(region -> disk(region, layouts))
                    .orElse(disk);
        }

        private static int disk(Region region, List<DiskLayout> layouts) {
            for (int i = 0; i < layouts.size(); i++) {
                if (layouts.get(i).placements().stream()
                        .anyMatch(each -> each.region().equals(region))) {
                    return i;
                }
            }
            throw new IllegalStateException(region.name() + " is laid out on no disk");
        }
    }

    /**
     * Once it is known where volumes of LVM come to lie.
     *
     * @param layouts of all of the image's disks
     * @throws ImageFailure where the add-on would find another place on the restored disks than it has in the image, or two
     */
    public void check(List<DiskLayout> layouts) throws ImageFailure {
        Map<Integer, List<Suiting>> after = new TreeMap<>();
        suiting.forEach(each -> after.computeIfAbsent(each.after(layouts), _ -> new ArrayList<>())
                .add(each));
        if (after.isEmpty()) {
            return;
        }
        Map.Entry<Integer, List<Suiting>> first = after.entrySet().iterator().next();
        if (!first.getValue().equals(List.of(suiting.getFirst()))) {
            throw new ImageFailure(
                    "It is not clear where the add-on is to go",
                    wanted + " is on " + suiting.getFirst().place() + " in the image, and would be on "
                            + AddOnPlaces.names(first.getValue().stream()
                                    .map(Suiting::place)
                                    .toList())
                            + " of disk " + (first.getKey() + 1)
                            + " then: where a disk is too small, volumes of LVM go to another one",
                    "Say which: firstlight work restore ... --add-on-partition N or label=NAME; or restore onto larger"
                            + " disks");
        }
    }

    /**
     * @param only the numbers of the partitions that are restored; empty for all
     * @param before add-ons that are laid down earlier: one of them may make the place
     * @param keys of what is encrypted
     * @return the place; none where an add-on before is to make it
     * @throws ImageFailure where the restored disks would have no such place, or two, or an NTFS that can only be read, as that of a
     *     Windows that was captured hibernated; or one that cannot hold such files
     */
    public static ImagedPlace check(
            Manifest manifest,
            ChunkSource source,
            PartitionChoice choice,
            Set<Integer> only,
            AddOn addOn,
            List<AddOn> before,
            KeyRing keys)
            throws IOException {
        try {
            return check(manifest, source, choice, only, addOn, keys);
        } catch (NoPlace none) {
            if (!(choice instanceof PartitionChoice.OfSystem) || before.stream().noneMatch(AddOnPlaces::makesSystem)) {
                throw none;
            }
            return new ImagedPlace(List.of(), AddOnPlaces.words(choice));
        }
    }

    private static ImagedPlace check(
            Manifest manifest, ChunkSource source, PartitionChoice choice, Set<Integer> only, AddOn addOn, KeyRing keys)
            throws IOException {
        List<MountableImage> disks = new ArrayList<>();
        try {
            for (DiskImage image : manifest.disks()) {
                disks.add(MountableImage.of("disk " + (disks.size() + 1) + " of the image", image, source));
            }
            List<Disk> whole = List.copyOf(disks);
            AddOnPlace place = AddOnPlaces.find(whole, choice, only);
            if (only.isEmpty()) { // else it matters what the disk has, and not the image
                SharedPlace.refuse(whole, place, keys);
            }
            Optional<Keeping> keeping = Keeping.of(place.system());
            if (keeping.isPresent()) {
                LayPlan.checkNames(addOn, keeping.get(), place.toString());
            } else if (isCaptured(manifest, place.partition())) {
                throw LayDown.unwritable(place);
            }
            if (place.system() == FileSystem.NTFS) {
                Lent.mounted(place, MountedSystem.Use.WRITE).close(); // what is written is forgotten
            }
            return new ImagedPlace(only.isEmpty() ? suiting(whole, choice) : List.of(), AddOnPlaces.words(choice));
        } catch (ImageFailure misled) {
            for (MountableImage disk : disks) {
                disk.checkRead(); // then a file system was not seen for that
            }
            throw misled;
        } finally {
            for (Disk disk : disks) {
                disk.close();
            }
        }
    }

    /** Chosen partitions stay where they are, and so do volumes of a group that lies on one physical volume. */
    private static List<Suiting> suiting(List<Disk> disks, PartitionChoice choice) throws IOException {
        List<Suiting> suiting = new ArrayList<>();
        if (AddOnPlaces.hasSpreadGroup(disks)) {
            List<List<AddOnPlace>> all = AddOnPlaces.all(disks, choice);
            for (int i = 0; i < all.size(); i++) {
                for (AddOnPlace place : all.get(i)) {
                    suiting.add(new Suiting(i, place));
                }
            }
        }
        return suiting;
    }

    /** Whether the image holds that partition: one that was skipped at the capture is in the table, with no region. */
    private static boolean isCaptured(Manifest manifest, int partition) {
        return partition == 0
                || manifest.disks().stream()
                        .filter(disk -> PartitionTable.partitions(disk.table(), disk.sectorSize()).stream()
                                .anyMatch(each -> each.number() == partition))
                        .findFirst()
                        .filter(disk -> disk.regions().stream().anyMatch(region -> region.partition() == partition))
                        .isPresent();
    }
}
