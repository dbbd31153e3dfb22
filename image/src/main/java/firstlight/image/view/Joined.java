package firstlight.image.view;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Disks one behind the other, as one, with the first one's name and sectors. Closing it leaves them open.
 *
 * @param parts one or more
 */
public record Joined(List<Disk> parts) implements View {
    public Joined {
        parts = List.copyOf(parts);
    }

    /** What is done with the octets of one part. */
    @FunctionalInterface
    private interface Act {
        void on(Disk part, long offset, long length) throws IOException;
    }

    /** In the order of the parts, those that the octets lie in. */
    private void each(long offset, long length, Act act) throws IOException {
        check(offset, length);
        long start = 0;
        for (Disk part : parts) {
            long from = Math.max(offset, start);
            long to = Math.min(offset + length, start + part.size());
            if (from < to) {
                act.on(part, from - start, to - from);
            }
            start += part.size();
        }
    }

    @Override
    public String name() {
        return parts.getFirst().name();
    }

    @Override
    public long size() {
        return parts.stream().mapToLong(Disk::size).sum();
    }

    @Override
    public int sectorSize() {
        return parts.getFirst().sectorSize();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        read(offset, into, Disk::read);
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        read(offset, into, Disk::readBack);
    }

    @FunctionalInterface
    private interface Reading {
        void read(Disk part, long from, ByteBuffer into) throws IOException;
    }

    private void read(long offset, ByteBuffer into, Reading way) throws IOException {
        int limit = into.limit();
        each(offset, into.remaining(), (part, from, length) -> {
            into.limit(into.position() + (int) length);
            way.read(part, from, into);
            into.limit(limit);
        });
    }

    @Override
    public void write(long offset, ByteBuffer octets) throws IOException {
        int limit = octets.limit();
        each(offset, octets.remaining(), (part, from, length) -> {
            octets.limit(octets.position() + (int) length);
            part.write(from, octets);
            octets.limit(limit);
        });
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        each(offset, length, Disk::zero);
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        each(offset, length, Disk::discard);
    }

    @Override
    public void flush() throws IOException {
        for (Disk part : parts) {
            part.flush();
        }
    }

    @Override
    public void close() {
        // whoever opened the parts closes them
    }
}
