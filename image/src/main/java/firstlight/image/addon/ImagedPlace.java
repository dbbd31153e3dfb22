package firstlight.image.addon;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.FileSystem;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The place that an add-on is for, looked for in an image, before a disk is erased and restored for nothing. */
public final class ImagedPlace {
    private ImagedPlace() {}

    /**
     * @throws ImageFailure where the restored disks would have no such place, or two, or an NTFS that can only be read, as that of a
     *     Windows that was captured hibernated; or one that cannot hold such files
     */
    public static void check(Manifest manifest, ChunkSource source, PartitionChoice choice, AddOn addOn)
            throws IOException {
        List<Disk> disks = new ArrayList<>();
        try {
            for (DiskImage image : manifest.disks()) {
                disks.add(MountableImage.of("disk " + (disks.size() + 1) + " of the image", image, source));
            }
            Site site = Sites.find(disks, choice);
            Optional<Keeping> keeping = Keeping.of(site.system());
            if (keeping.isPresent()) {
                LayPlan.checkNames(addOn, keeping.get(), site.toString());
            }
            if (site.system() == FileSystem.NTFS) {
                Mounted.open(site, true).close(); // what is written is forgotten
            }
        } finally {
            for (Disk disk : disks) {
                disk.close();
            }
        }
    }
}
