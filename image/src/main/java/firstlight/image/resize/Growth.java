package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.Tool;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Overlay;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether this machine's kernel takes the file systems that only grow while they are mounted. It is tried on the image itself, with an
 * overlay in memory: kernels leave out what is old (XFS of version 4) and do not know what is new, and an erased disk is too late to hear of it.
 */
record Growth(ChunkSource source, int sectorSize) {
    /** Those of {@code placements} that are to grow and cannot, and why. */
    Map<OldFileSystem, String> refused(List<Placement> placements) throws IOException {
        Map<OldFileSystem, String> refused = new HashMap<>();
        for (Placement placement : placements) {
            Region region = placement.region();
            OldFileSystem old = OldFileSystem.of(region);
            if (placement.within().isPresent()) {
                for (LvmLayout.Change change : placement.within().get().changes()) {
                    if (change.fresh().size() > change.old().size()
                            && !change.anew()
                            && isMounted(change.fileSystem())) {
                        try (Disk disk = image(region)) {
                            look(change.fileSystem(), new MappedDisk(change.old(), disk), refused);
                        }
                    }
                }
            } else if (placement.grows() && !placement.anew() && isMounted(old)) {
                try (Disk disk = image(region)) {
                    look(old, disk, refused);
                }
            }
        }
        return refused;
    }

    private Disk image(Region region) throws IOException {
        return ImageDisk.of(region.name(), region, sectorSize, source);
    }

    private static boolean isMounted(OldFileSystem old) {
        return Elasticity.of(old) != Elasticity.FIXED && List.of("xfs", "btrfs").contains(old.kind());
    }

    /** To be written to: a kernel reads some that it does not write. */
    private static void look(OldFileSystem old, Disk disk, Map<OldFileSystem, String> refused) throws IOException {
        try (Overlay overlay = Overlay.over(new Slice(disk, 0, disk.size()));
                KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
            boolean xfs = old.kind().equals("xfs");
            FileSystemTool.mounted(device.node(), old.kind(), xfs ? "rw,nouuid" : "rw", point -> 0L);
            if (!xfs) {
                // Else the kernel takes the restored Btrfs for an older copy of the one it saw here, and refuses it
                // (btrfs device_list_add).
                Tool.run(List.of(
                        "btrfs", "device", "scan", "--forget", device.node().toString()));
            }
        } catch (ImageFailure kernel) {
            refused.put(old, "to grow it must be mounted, and this kernel cannot (" + kernel.cause() + ")");
        }
    }
}
