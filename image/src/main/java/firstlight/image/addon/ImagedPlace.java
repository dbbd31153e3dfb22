package firstlight.image.addon;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.FileSystem;
import firstlight.image.luks.KeyRing;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.table.PartitionTable;
import firstlight.image.tree.MountedSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The place that an add-on is for, looked for in an image, before a disk is erased and restored for nothing. */
public final class ImagedPlace {
    private ImagedPlace() {}

    /**
     * @param only the numbers of the partitions that are restored; empty for all
     * @param before add-ons that are laid down earlier: one of them may make the place
     * @param keys of what is encrypted
     * @throws ImageFailure where the restored disks would have no such place, or two, or an NTFS that can only be read, as that of a
     *     Windows that was captured hibernated; or one that cannot hold such files
     */
    public static void check(
            Manifest manifest,
            ChunkSource source,
            PartitionChoice choice,
            Set<Integer> only,
            AddOn addOn,
            List<AddOn> before,
            KeyRing keys)
            throws IOException {
        try {
            check(manifest, source, choice, only, addOn, keys);
        } catch (NoPlace none) {
            if (!(choice instanceof PartitionChoice.OfSystem) || before.stream().noneMatch(AddOnPlaces::makesSystem)) {
                throw none;
            }
        }
    }

    private static void check(
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
