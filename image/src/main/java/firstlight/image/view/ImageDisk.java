package firstlight.image.view;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.SwapHeader;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors.Run;
import firstlight.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An image, read as the disk that it was made from. Every chunk is verified before an octet of it is given out. What was
 * not in use reads as zeros. Read-only: {@link Overlay} makes it writable.
 */
public final class ImageDisk implements View {
    private static final byte[] ZEROS = new byte[Chunk.SIZE];

    private final String name;
    private final long size;
    private final int sectorSize;
    /** By their start; none lies over another. */
    private final List<Stretch> stretches;

    private final ChunkCache cache;

    /** Octets that lie together; between stretches there are zeros. */
    private sealed interface Stretch {
        long start();

        long length();

        record Plain(long start, Bytes octets) implements Stretch {
            @Override
            public long length() {
                return octets.length();
            }
        }

        record Cells(long start, long length, CellIndex index) implements Stretch {}
    }

    private ImageDisk(String name, long size, int sectorSize, List<Stretch> stretches, ChunkSource source) {
        this.name = name;
        this.size = size;
        this.sectorSize = sectorSize;
        this.stretches = stretches;
        this.cache = new ChunkCache(source);
    }

    /** The whole disk, with its partition table. */
    public static ImageDisk of(String name, DiskImage image, ChunkSource source) {
        List<Stretch> stretches = new ArrayList<>();
        for (Run run : PartitionTable.runsFor(image.table(), image.sectorSize(), image.size())) {
            stretches.add(new Stretch.Plain(run.offset(), run.octets()));
        }
        for (Region region : image.regions()) {
            stretches.add(stretch(region, region.start()));
        }
        stretches.sort(Comparator.comparingLong(Stretch::start));
        return new ImageDisk(name, image.size(), image.sectorSize(), List.copyOf(stretches), source);
    }

    /** One region, as if it were a disk. */
    public static ImageDisk of(String name, Region region, int sectorSize, ChunkSource source) {
        return new ImageDisk(name, region.length(), sectorSize, List.of(stretch(region, 0)), source);
    }

    private static Stretch stretch(Region region, long start) {
        return switch (region.content()) {
            case Content.Blocks blocks -> new Stretch.Cells(start, region.length(), new CellIndex(blocks));
            case Content.Swap swap -> {
                SwapHeader header = new SwapHeader(swap.uuid(), swap.label(), swap.pageSize());
                yield new Stretch.Plain(start, Bytes.of(header.page(region.length())));
            }
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int sectorSize() {
        return sectorSize;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        long at = offset;
        long end = offset + into.remaining();
        for (int i = firstEndingBehind(offset);
                i < stretches.size() && stretches.get(i).start() < end;
                i++) {
            Stretch stretch = stretches.get(i);
            zeros(into, stretch.start() - at);
            at = Math.max(at, stretch.start());
            int count = (int) (Math.min(end, stretch.start() + stretch.length()) - at);
            switch (stretch) {
                case Stretch.Plain plain -> into.put(plain.octets().toArray(), (int) (at - plain.start()), count);
                case Stretch.Cells cells -> read(cells, at - cells.start(), count, into);
            }
            at += count;
        }
        zeros(into, end - at);
    }

    private int firstEndingBehind(long offset) {
        int index = 0; // a disk has few of them
        while (index < stretches.size()
                && stretches.get(index).start() + stretches.get(index).length() <= offset) {
            index++;
        }
        return index;
    }

    private void read(Stretch.Cells cells, long from, int count, ByteBuffer into) throws IOException {
        long end = from + count;
        int size = cells.index().cellSize();
        cache.prepare(cells.index(), from / size, (end - 1) / size);
        for (long at = from; at < end; ) {
            long cell = at / size;
            long step = Math.min(end, (cell + 1) * size) - at;
            int inCell = (int) (at - cell * size);
            int index = cells.index().of(cell);
            if (index < 0 || cells.index().id(index).isZero()) {
                zeros(into, step);
            } else {
                byte[] content = cache.get(cells.index().id(index));
                int there = (int) Math.clamp(content.length - (long) inCell, 0, step);
                into.put(content, inCell, there);
                zeros(into, step - there);
            }
            at += step;
        }
    }

    private static void zeros(ByteBuffer into, long count) {
        for (long left = count; left > 0; ) {
            int step = (int) Math.min(left, ZEROS.length);
            into.put(ZEROS, 0, step);
            left -= step;
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        throw readOnly();
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        throw readOnly();
    }

    @Override
    public void discard(long offset, long length) {
        // a hint, and nothing can be won
    }

    private IOException readOnly() {
        return new IOException(name + " is an image and never changes");
    }

    @Override
    public void flush() {
        // nothing was written
    }

    @Override
    public void close() {
        cache.close();
    }
}
