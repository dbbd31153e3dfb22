package firstlight.image.extents;

import firstlight.image.Disk;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** Something that a file system may live in: a partition, a bare disk. Read only. */
public interface Volume extends Source {
    /** What notes call it. */
    String name();

    /** The node or file on which a file system's own tools can be run. */
    Optional<Path> path() throws IOException;

    /** The start, for {@link Signatures}. */
    default byte[] window() throws IOException {
        return octets(0, (int) Math.min(size(), Signatures.WINDOW));
    }

    default byte[] octets(long offset, int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length);
        read(offset, octets);
        return octets.array();
    }

    /**
     * A part of a disk.
     *
     * @param partition 0 for the bare disk
     */
    record OfDisk(Disk disk, String name, int partition, long start, long size) implements Volume {
        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            disk.read(start + offset, into);
        }

        /** None when the kernel has that number elsewhere: it did not read the table that the disk has now. */
        @Override
        public Optional<Path> path() throws IOException {
            Optional<Path> node = disk.node(partition);
            return node.isEmpty() || partition == 0 || BlockDevice.isAt(node.get(), start, size)
                    ? node
                    : Optional.empty();
        }
    }

    /**
     * What is no device of its own.
     *
     * @param path of a view of {@code source}
     */
    record Seen(Source source, String name, Optional<Path> path) implements Volume {
        @Override
        public long size() {
            return source.size();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            source.read(offset, into);
        }
    }

    /** The same with another name. */
    default Volume named(String other) throws IOException {
        return new Seen(this, other, path());
    }
}
