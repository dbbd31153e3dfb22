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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A disk of an image whose partitions have device nodes, as a PC's has. What is written to them (a journal that is replayed when
 * one is mounted) is forgotten. Needs root, loop devices and FUSE.
 */
final class MountableImage implements DiskOver {
    private final Heard image;
    /** By the partition's number, 0 for the whole disk: attached when first asked for, once. */
    private final Map<Integer, Path> nodes = new HashMap<>();
    /** The last first: a device before the overlay that it reads. */
    private final Deque<Closeable> opened = new ArrayDeque<>();

    private MountableImage(Heard image) {
        this.image = image;
    }

    static MountableImage of(String name, DiskImage image, ChunkSource source) {
        return new MountableImage(new Heard(ImageDisk.of(name, image, source), new AtomicReference<>()));
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

    /** A disk that keeps why it could not be read: who reads it through the kernel hears of an input/output error only. */
    private record Heard(Disk disk, AtomicReference<@Nullable IOException> failure) implements DiskOver {
        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            try {
                disk.read(offset, into);
            } catch (IOException failed) {
                failure.compareAndSet(null, failed);
                throw failed;
            }
        }
    }

    /** @throws IOException why something of it could not be read, such as a chunk that is damaged */
    void checkRead() throws IOException {
        IOException failed = image.failure.get();
        if (failed != null) {
            throw failed;
        }
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
