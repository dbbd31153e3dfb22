package firstlight.engine;

import firstlight.engine.Requests.Request;
import firstlight.image.Disk;
import firstlight.image.DiskOver;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk whose requests are known while they last. */
final class WatchedDisk implements DiskOver {
    private static final long WHOLE = -1;

    private final Disk disk;
    private final Requests requests;
    private final Runnable closed;

    private WatchedDisk(Disk disk, Requests requests, Runnable closed) {
        this.disk = disk;
        this.requests = requests;
        this.closed = closed;
    }

    /** What is asked of a disk. */
    @FunctionalInterface
    private interface Access {
        void take() throws IOException;
    }

    @FunctionalInterface
    interface Opening {
        Disk open() throws IOException;
    }

    /**
     * To open a disk is a request, too.
     *
     * @param closed is told when the disk was closed again
     */
    static Disk open(Opening opening, Requests requests, Runnable closed) throws IOException {
        Disk[] opened = new Disk[1];
        watched(requests, "opening", WHOLE, () -> opened[0] = opening.open());
        return new WatchedDisk(opened[0], requests, closed);
    }

    /** Asked behind the access too: who comes back from a disk that was given up meanwhile ends with it. */
    private static void watched(Requests requests, String doing, long offset, Access access) throws IOException {
        int slot = requests.begin(new Request(doing, offset));
        boolean well = false;
        try {
            access.take();
            well = true;
        } finally {
            requests.end(slot, well);
        }
        requests.refuse();
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        watched(requests, "reading", offset, () -> disk.read(offset, into));
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        watched(requests, "reading", offset, () -> disk.readBack(offset, into));
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        watched(requests, "writing", offset, () -> disk.write(offset, from));
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        watched(requests, "writing zeros", offset, () -> disk.zero(offset, length));
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        watched(requests, "discarding", offset, () -> disk.discard(offset, length));
    }

    @Override
    public void flush() throws IOException {
        watched(requests, "flushing", WHOLE, disk::flush);
    }

    @Override
    public void tableChanged() throws IOException {
        watched(requests, "reading the partition table", WHOLE, disk::tableChanged);
    }

    @Override
    public void close() throws IOException {
        try {
            watched(requests, "closing", WHOLE, disk::close);
        } finally {
            closed.run();
        }
    }
}
