package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.extents.Volume;
import firstlight.image.luks.LuksDisk;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.lvm.MetadataWriter;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Joined;
import firstlight.image.view.Medium;
import firstlight.image.view.Overlay;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives a restored file system its new length, on the target. To shrink one, a device of the old length is presented: below
 * the new end it is the target itself, above it the image's chunks with an overlay in memory. The file system's own tool
 * then moves what lies above to below, as on the original disk, which nobody has to touch.
 */
public record Resize(ChunkSource source, Disk disk, int imageSectorSize) {

    /**
     * @param placement whose octets below its new end are on the disk already
     * @param held the region's first cell is not to be on the disk yet: without it there is no file system to be seen
     * @return what the first cell has to become, when it is {@code held}
     */
    public Optional<byte[]> resize(Placement placement, boolean held, Heard heard) throws IOException {
        Region region = placement.region();
        int cell = region.content() instanceof Content.Blocks blocks ? blocks.chunkSize() : Chunk.SIZE;
        long shorter = Math.min(placement.length(), region.length());
        try (ImageDisk pristine = ImageDisk.of(region.name(), region, imageSectorSize, source);
                Overlay image = Overlay.over(new Slice(pristine, 0, pristine.size()));
                Overlay first = Overlay.over(new Slice(image, 0, Math.min(cell, shorter)))) {
            List<Disk> parts = new ArrayList<>();
            long from = 0;
            if (held) {
                parts.add(first);
                from = first.size();
            }
            parts.add(new Slice(disk, placement.start() + from, placement.length() - from));
            Joined below = new Joined(parts);
            boolean unmoved = placement.content() == region.content(); // else whole cells were moved, and none is cut
            if (placement.shrinks() && !placement.anew() && unmoved) {
                end(pristine, below, placement.length() / cell * cell);
            }
            if (placement.within().isPresent()) {
                switch (placement.within().get()) {
                    case LvmLayout group -> volumes(group, pristine, image, below, heard);
                    case LuksLayout luks -> encrypted(luks, pristine, image, below, heard);
                }
            } else if (placement.anew()) {
                makeAnew(
                        OldFileSystem.of(region),
                        image,
                        new Anew.Target(below, imageSectorSize, region.start(), placement.start()),
                        heard);
            } else {
                byTool(OldFileSystem.of(region), pristine, image, below, heard);
            }
            disk.flush();
            if (!held) {
                return Optional.empty();
            }
            ByteBuffer octets = ByteBuffer.allocate((int) first.size());
            first.read(0, octets);
            return Optional.of(octets.array());
        }
    }

    /** What was not written of the cell that the new end cuts: half a chunk has no hash to be read back by. */
    private void end(Disk pristine, Disk below, long from) throws IOException {
        if (from == below.size()) {
            return;
        }
        ByteBuffer octets = ByteBuffer.allocate((int) (below.size() - from));
        pristine.read(from, octets);
        below.write(from, octets.flip());
        below.flush();
        ByteBuffer back = ByteBuffer.allocate(octets.capacity());
        below.readBack(from, back);
        if (!back.flip().equals(octets.rewind())) {
            throw new DiskFailure(
                    disk.name(),
                    "The disk does not hold what was written to it",
                    disk.name() + " reads back differently behind offset " + from + " of a partition",
                    "Replace the disk, or check the PC's memory and cables; the disk has no partition table");
        }
    }

    /** All that tools and we read and write passes through the cipher. */
    private void encrypted(LuksLayout luks, Disk pristine, Disk image, Disk below, Heard heard) throws IOException {
        Disk old = new LuksDisk(image, luks.key());
        Disk fresh = new LuksDisk(below, luks.key());
        if (luks.anew()) {
            makeAnew(luks.fileSystem(), old, new Anew.Target(fresh, imageSectorSize, 0, 0), heard);
        } else {
            byTool(luks.fileSystem(), new LuksDisk(pristine, luks.key()), old, fresh, heard);
        }
    }

    /** Each volume that gets another length by itself, and in the end what LVM knows of all. */
    private void volumes(LvmLayout layout, Disk pristine, Disk image, Disk below, Heard heard) throws IOException {
        for (LvmLayout.Change change : layout.changes()) {
            MappedDisk old = new MappedDisk(change.old(), image);
            MappedDisk fresh = new MappedDisk(change.fresh(), below);
            if (change.anew()) {
                makeAnew(change.fileSystem(), old, new Anew.Target(fresh, imageSectorSize, 0, 0), heard);
            } else {
                byTool(change.fileSystem(), new MappedDisk(change.old(), pristine), old, fresh, heard);
            }
        }
        PhysicalVolume was = PhysicalVolume.read(volume(pristine));
        new MetadataWriter(was, below).write(layout.rearranged());
        PhysicalVolume now = PhysicalVolume.read(volume(new Medium(below)));
        if (!now.metadata().equals(Optional.of(layout.rearranged().text()))) {
            throw new ImageFailure(
                    "The disk does not hold what was written to it",
                    disk.name() + " reads back other metadata of LVM",
                    "Replace the disk, or check the PC's memory and cables; the disk has no partition table");
        }
    }

    /**
     * @param pristine the file system as the image has it
     * @param image the same, of which what lies behind the new end is written over
     * @param below as long as the file system will be
     */
    private void byTool(OldFileSystem old, Disk pristine, Disk image, Disk below, Heard heard) throws IOException {
        FileSystemTool tool = FileSystemTool.of(old.kind());
        long length = below.size();
        if (length < old.length()) {
            Joined whole = new Joined(List.of(below, new Slice(image, length, old.length() - length)));
            apply(tool, whole, length);
            if (tool == FileSystemTool.EXT) {
                DirectoryTimes.copy(pristine, below)
                        .ifPresent(why -> heard.lost("folders of " + old.name()
                                + " in which files got new numbers have the time of the restore (" + why + ")"));
            }
        } else {
            apply(tool, below, length);
        }
        disk.flush();
        try (KernelDisk device = KernelDisk.attach(below, Access.READ)) {
            tool.check(device.node());
        }
    }

    /** Who counts and shows what is copied, file by file. */
    public interface Heard {
        /** What did not become as it was, for people. */
        void lost(String note);

        Anew.Heard copying(long total) throws IOException;

        Anew.Heard verifying(long total) throws IOException;
    }

    private static Volume volume(Disk of) {
        return new Volume.OfDisk(of, of.name(), 0, 0, of.size());
    }

    private static void makeAnew(OldFileSystem old, Disk image, Anew.Target target, Heard heard) throws IOException {
        Anew anew = Anew.of(old, image);
        anew.write(target, heard.copying(anew.octets()), heard.verifying(anew.octets()));
    }

    private static void apply(FileSystemTool tool, Disk whole, long length) throws IOException {
        try (KernelDisk device = KernelDisk.attach(whole, Access.READ_WRITE)) {
            tool.resize(device.node(), length);
        }
    }
}
