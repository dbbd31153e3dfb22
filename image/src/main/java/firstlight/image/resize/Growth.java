package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.extents.FileSystem;
import firstlight.image.luks.LuksDisk;
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
import java.util.Optional;

/**
 * Whether this machine's kernel and tools take the file systems that are to get another size. They are asked on the image itself, with an
 * overlay in memory: kernels leave out what is old (XFS of version 4) and do not know what is new, tools refuse what is not sound, and an
 * erased disk is too late to hear of it.
 *
 * @param sectorSize of the image's disk
 * @param newSectorSize of the one that it goes to
 * @param unread of the image: nothing is said of a file system because of it
 */
record Growth(ChunkSource source, int sectorSize, int newSectorSize, Unread unread) {
    /** What a rehearsal may take of a PC's memory. */
    private static final long MOST = 64L << 20;

    /** An ext so short is gone through at once; resize2fs (1.47) refuses to make one of 64 MiB a thousand times as long. */
    private static final long SHORT_EXT = 512L << 20;

    Growth(ChunkSource source, int sectorSize, int newSectorSize) {
        this(source, sectorSize, newSectorSize, new Unread());
    }

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
                switch (placement.within().get()) {
                    case LvmLayout group -> lookAtVolumes(group, refused);
                    case LuksLayout luks -> {
                        try (Disk disk = image(region)) {
                            lookInside(luks.inside(), new LuksDisk(disk, luks.key()), refused);
                        }
                    }
                }
            } else if (placement.length() != region.length() || placement.anew()) {
                try (Disk disk = image(region)) {
                    look(old, disk, placement.anew(), placement.length(), refused);
                }
            }
        }
        return refused;
    }

    private void lookInside(LuksLayout.Inside inside, Disk opened, Map<OldFileSystem, String> refused)
            throws IOException {
        switch (inside) {
            case LuksLayout.Inside.OneFileSystem(OldFileSystem old, long length, boolean anew) ->
                look(old, opened, anew, length, refused);
            case LuksLayout.Inside.Volumes volumes -> {
                for (LvmLayout.Change change : volumes.layout().changes()) {
                    Disk volume = new MappedDisk(change.old(), opened);
                    look(
                            change.fileSystem(),
                            volume,
                            change.anew(),
                            change.fresh().size(),
                            refused);
                }
            }
        }
    }

    private void lookAtVolumes(LvmLayout group, Map<OldFileSystem, String> refused) throws IOException {
        for (LvmLayout.Change change : group.changes()) {
            look(change, List.copyOf(group.group().entrySet()), new HashMap<>(), refused);
        }
    }

    /** With the images of one of its group's physical volumes after the other opened. */
    private void look(
            LvmLayout.Change change,
            List<Map.Entry<String, Region>> unopened,
            Map<String, Disk> images,
            Map<OldFileSystem, String> refused)
            throws IOException {
        if (unopened.isEmpty()) {
            MappedDisk volume = new MappedDisk(change.old(), images);
            look(change.fileSystem(), volume, change.anew(), change.fresh().size(), refused);
            return;
        }
        try (Disk disk = image(unopened.getFirst().getValue())) {
            images.put(unopened.getFirst().getKey(), disk);
            look(change, unopened.subList(1, unopened.size()), images, refused);
        }
    }

    private Disk image(Region region) throws IOException {
        return unread.watched(ImageDisk.of(region.name(), region, sectorSize, source));
    }

    private void look(OldFileSystem old, Disk disk, boolean anew, long length, Map<OldFileSystem, String> refused)
            throws IOException {
        boolean grows = length > old.length();
        if (anew) {
            try {
                Optional<String> loader = lookAnew(old, disk);
                if (grows && sectorSize == newSectorSize) {
                    loader.ifPresent(name ->
                            refused.put(old, "it starts by " + name + ", which it would not once it was made anew"));
                }
            } catch (ImageFailure unsound) {
                unread.rethrow();
                if (!grows || sectorSize != newSectorSize) { // it cannot stay as it is
                    throw unsound;
                }
                refused.put(old, "it cannot be made anew (" + unsound.cause() + ")");
            }
            return;
        }
        if (Elasticity.of(old) == Elasticity.FIXED) {
            return;
        }
        if (grows && old.kind() == FileSystem.BTRFS && length < FileSystemTool.LEAST_BTRFS) {
            refused.put(old, "the kernel makes no Btrfs longer that is below 256 MiB then");
            return;
        }
        try {
            ask(old, disk, Longest.of(old, disk, length)).ifPresent(why -> refused.put(old, why));
        } catch (ImageFailure tool) {
            unread.rethrow();
            if (!grows) {
                throw new ImageFailure(
                        "The image does not fit: " + old.name() + " cannot shrink",
                        tool.cause(),
                        "Use a disk that is as large as the original, or check the original (chkdsk, e2fsck) and capture it again");
            }
            refused.put(old, "the tool that would make it grow refuses it (" + tool.cause() + ")");
        }
    }

    /** Returns why this kernel does not mount what must be mounted to grow. */
    private static Optional<String> ask(OldFileSystem old, Disk disk, long length) throws IOException {
        List<Disk> parts = new ArrayList<>(List.of(new Slice(disk, 0, disk.size())));
        if (length > disk.size()) {
            parts.add(new Blank(disk.name(), length - disk.size(), disk.sectorSize()));
        }
        FileSystemTool tool = FileSystemTool.of(old.kind());
        Disk pristine = new Joined(parts);
        try (Overlay overlay = Overlay.over(pristine, MOST)) {
            Optional<String> unmountable = Optional.empty();
            try {
                unmountable = rehearsed(old, overlay, tool, length);
            } catch (IOException failed) {
                if (!overlay.isFull()) {
                    throw failed;
                }
            }
            if (!overlay.isFull()) {
                return unmountable;
            }
        }
        // There was no memory to rehearse it, and what failed for that is no word of the tool's.
        try (Overlay overlay = Overlay.over(pristine);
                KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
            tool.check(device.node());
            return Optional.empty();
        }
    }

    private static Optional<String> rehearsed(OldFileSystem old, Overlay overlay, FileSystemTool tool, long length)
            throws IOException {
        try (KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
            Optional<String> unmountable = length > old.length() ? tool.unmountable(device.node()) : Optional.empty();
            if (unmountable.isEmpty()) {
                tool.ask(device.node(), length);
                if (tool == FileSystemTool.EXT && old.length() <= SHORT_EXT) {
                    tool.resize(device.node(), length);
                }
            }
            return unmountable.map(why -> "to grow it must be mounted, and this kernel cannot (" + why + ")");
        }
    }

    /** The boot loader that starts from it. What is copied by files must be sound as well: half of it on an erased disk helps nobody. */
    private Optional<String> lookAnew(OldFileSystem old, Disk disk) throws IOException {
        if (old.kind() != FileSystem.XFS) {
            return Anew.of(old, disk).loader(); // who writes FAT and exFAT anew looks through all of it first
        }
        if (sectorSize != newSectorSize) { // else it is known: none shrinks whose files could not be counted
            Anew.of(old, disk);
        }
        try (Overlay overlay = Overlay.over(new Slice(disk, 0, disk.size()));
                KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
            FileSystemTool.XFS.check(device.node());
            return Optional.empty();
        } catch (ImageFailure tool) {
            throw new ImageFailure(
                    old.name() + " cannot be written anew",
                    tool.cause(),
                    "Have the original checked (xfs_repair) and capture it again, or use a disk as large as it was");
        }
    }
}
