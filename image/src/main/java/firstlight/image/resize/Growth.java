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
import firstlight.image.view.Blank;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Joined;
import firstlight.image.view.Overlay;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether this machine's kernel and tools take the file systems that are to get another size. They are asked on the image itself, with an
 * overlay in memory: kernels leave out what is old (XFS of version 4) and do not know what is new, tools refuse what is not sound, and an
 * erased disk is too late to hear of it.
 */
record Growth(ChunkSource source, int sectorSize) {
    /**
     * Those of {@code placements} that are to grow and cannot, and why.
     *
     * @throws ImageFailure when one is to shrink and cannot
     */
    Map<OldFileSystem, String> refused(List<Placement> placements) throws IOException {
        Map<OldFileSystem, String> refused = new HashMap<>();
        for (Placement placement : placements) {
            Region region = placement.region();
            OldFileSystem old = OldFileSystem.of(region);
            if (placement.within().isPresent()) {
                for (LvmLayout.Change change : placement.within().get().changes()) {
                    if (change.fresh().size() != change.old().size() && !change.anew()) {
                        try (Disk disk = image(region)) {
                            look(
                                    change.fileSystem(),
                                    new MappedDisk(change.old(), disk),
                                    change.fresh().size(),
                                    refused);
                        }
                    }
                }
            } else if (placement.length() != region.length() && !placement.anew()) {
                try (Disk disk = image(region)) {
                    look(old, disk, placement.length(), refused);
                }
            }
        }
        return refused;
    }

    private Disk image(Region region) throws IOException {
        return ImageDisk.of(region.name(), region, sectorSize, source);
    }

    private static void look(OldFileSystem old, Disk disk, long length, Map<OldFileSystem, String> refused)
            throws IOException {
        boolean grows = length > old.length();
        if (Elasticity.of(old) == Elasticity.FIXED) {
            return;
        }
        if (List.of("xfs", "btrfs").contains(old.kind())) {
            if (grows && old.kind().equals("btrfs") && length < FileSystemTool.LEAST_BTRFS) {
                refused.put(old, "the kernel makes no Btrfs longer that is below 256 MiB then");
            } else if (grows) {
                mount(old, disk, refused);
            }
            return;
        }
        try {
            ask(old, disk, length);
        } catch (ImageFailure tool) {
            if (!grows) {
                throw new ImageFailure(
                        "The image does not fit: " + old.name() + " cannot shrink",
                        tool.cause(),
                        "Use a disk that is as large as the original, or check the original (chkdsk, e2fsck) and capture it again");
            }
            refused.put(old, "the tool that would make it grow refuses it (" + tool.cause() + ")");
        }
    }

    private static void ask(OldFileSystem old, Disk disk, long length) throws IOException {
        List<Disk> parts = new ArrayList<>(List.of(disk));
        if (length > disk.size()) {
            parts.add(new Blank(disk.name(), length - disk.size(), disk.sectorSize()));
        }
        try (Overlay overlay = Overlay.over(new Joined(parts));
                KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
            FileSystemTool.of(old.kind()).ask(device.node(), length);
        }
    }

    /** To be written to: a kernel reads some that it does not write. */
    private static void mount(OldFileSystem old, Disk disk, Map<OldFileSystem, String> refused) throws IOException {
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
