package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.Anew;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Joined;
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
        try (Overlay image = Overlay.over(ImageDisk.of(region.name(), region, imageSectorSize, source));
                Overlay first = Overlay.over(new Slice(image, 0, Math.min(Chunk.SIZE, region.length())))) {
            List<Disk> parts = new ArrayList<>();
            long from = 0;
            if (held) {
                parts.add(first);
                from = first.size();
            }
            parts.add(new Slice(disk, placement.start() + from, placement.length() - from));
            Joined below = new Joined(parts);
            if (placement.anew()) {
                makeAnew(placement, image, below, heard);
            } else {
                byTool(placement, image, below);
            }
            disk.flush();
            if (!held) {
                return Optional.empty();
            }
            ByteBuffer cell = ByteBuffer.allocate((int) first.size());
            first.read(0, cell);
            return Optional.of(cell.array());
        }
    }

    private void byTool(Placement placement, Overlay image, Joined below) throws IOException {
        Region region = placement.region();
        FileSystemTool tool = FileSystemTool.of(region.fileSystem());
        if (placement.shrinks()) {
            long above = region.length() - placement.length();
            Joined whole = new Joined(List.of(below, new Slice(image, placement.length(), above)));
            apply(tool, whole, placement.length());
            if (tool == FileSystemTool.EXT) {
                try (Disk old = ImageDisk.of(region.name(), region, disk.sectorSize(), source)) {
                    DirectoryTimes.copy(old, below);
                }
            }
        } else {
            apply(tool, below, placement.length());
        }
        disk.flush();
        try (KernelDisk device = KernelDisk.attach(below, Access.READ)) {
            tool.check(device.node());
        }
    }

    /** Who counts and shows what is copied, file by file. */
    public interface Heard {
        Anew.Heard copying(long total) throws IOException;

        Anew.Heard verifying(long total) throws IOException;
    }

    private void makeAnew(Placement placement, Disk image, Joined below, Heard heard) throws IOException {
        Region region = placement.region();
        Anew anew = Anew.of(region, image);
        anew.write(
                new Anew.Target(below, imageSectorSize, region.start(), placement.start()),
                heard.copying(anew.octets()),
                heard.verifying(anew.octets()));
    }

    private static void apply(FileSystemTool tool, Disk whole, long length) throws IOException {
        try (KernelDisk device = KernelDisk.attach(whole, Access.READ_WRITE)) {
            tool.resize(device.node(), length);
        }
    }
}
