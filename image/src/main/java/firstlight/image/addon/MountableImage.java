package firstlight.image.addon;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.manifest.DiskImage;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Overlay;
import firstlight.image.view.Slice;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A disk of an image whose partitions have device nodes, as a PC's has. What is written to them (a journal that is replayed when
 * one is mounted) is forgotten. Needs root, loop devices and FUSE.
 */
final class MountableImage implements DiskOver {
    private final ImageDisk image;
    private final Map<Integer, Path> nodes = new HashMap<>();
    private final Deque<Closeable> opened = new ArrayDeque<>();

    private MountableImage(ImageDisk image) {
        this.image = image;
    }

    static MountableImage of(String name, DiskImage image, ChunkSource source) {
        return new MountableImage(ImageDisk.of(name, image, source));
    }

    @Override
    public Optional<Path> node(int partition) throws IOException {
        Path known = nodes.get(partition);
        if (known != null) {
            return Optional.of(known);
        }
        if (partition == 0) {
            return Optional.of(attach(0, 0, size()));
        }
        for (Partition each : PartitionTable.read(this).partitions()) {
            if (each.number() == partition) {
                return Optional.of(attach(partition, each.start(), each.length()));
            }
        }
        return Optional.empty();
    }

    private Path attach(int partition, long start, long length) throws IOException {
        Overlay overlay = Overlay.over(new Slice(image, start, length));
        opened.push(overlay);
        KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE);
        opened.push(device::close);
        nodes.put(partition, device.node());
        return device.node();
    }

    @Override
    public Disk disk() {
        return image;
    }

    /** The devices first, then what they read. */
    @Override
    public void close() throws IOException {
        for (Closeable each = opened.poll(); each != null; each = opened.poll()) {
            each.close();
        }
        image.close();
    }
}
