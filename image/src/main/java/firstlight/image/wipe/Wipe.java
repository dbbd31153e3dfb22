package firstlight.image.wipe;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.Progress.Phase;
import firstlight.image.disk.Tool;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.work.Meter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes a disk empty. What was written is read back; a disk that does not hold it has not been wiped. */
public final class Wipe {
    /** Octets that are written, and read back, at once. */
    private static final int STEP = 4 << 20;

    private static final int PAGE = 4096;
    /** Where tables, boot code and the signatures of file systems, volume managers and RAID lie: at the two ends. */
    private static final long ENDS = 4L << 20;

    private Wipe() {}

    /** How thoroughly. */
    public enum Method {
        /** The ends of the disk and of each partition: it looks new, its content can still be found. */
        SIGNATURES,
        ZEROS,
        RANDOM,
        /** The disk's own secure discard, which also reaches blocks that it keeps in reserve. */
        DEVICE
    }

    private record Range(long start, long end) {}

    /**
     * @return the octets that were written and read back; for {@link Method#DEVICE} the disk's size
     * @throws DiskFailure when the disk does not hold what was written
     * @throws ImageFailure when it cannot erase itself ({@link Method#DEVICE})
     */
    public static long wipe(Disk disk, Method method, Progress progress) throws IOException {
        progress.progress(Phase.WIPING, 0, disk.size()); // a disk that erases itself says nothing more for hours
        progress.stillWanted();
        return switch (method) {
            case SIGNATURES -> zero(disk, ends(disk), progress);
            case ZEROS -> {
                // Not by Disk.zero: that may unmap, and the octets lie in the cells as they did.
                ByteBuffer zeros = buffer();
                yield written(disk, (_, length) -> zeros.slice(0, length), progress);
            }
            case RANDOM -> {
                Noise noise = new Noise();
                ByteBuffer buffer = buffer();
                yield written(
                        disk,
                        (at, length) -> buffer.clear().put(noise.at(at, length)).flip(),
                        progress);
            }
            case DEVICE -> byTheDisk(disk);
        };
    }

    private static List<Range> ends(Disk disk) throws IOException {
        List<Range> ranges = new ArrayList<>();
        for (Partition partition : PartitionTable.read(disk).partitions()) {
            addEnds(ranges, partition.start(), partition.end());
        }
        addEnds(ranges, 0, disk.size());
        return ranges;
    }

    private static void addEnds(List<Range> ranges, long start, long end) {
        ranges.add(new Range(start, Math.min(end, start + ENDS)));
        ranges.add(new Range(Math.max(start, end - ENDS), end));
    }

    private static long zero(Disk disk, List<Range> ranges, Progress progress) throws IOException {
        long total = ranges.stream().mapToLong(range -> range.end - range.start).sum();
        Meter writing = new Meter(progress, Phase.WIPING, total);
        for (Range range : ranges) {
            for (long at = range.start; at < range.end; at += STEP) {
                long length = Math.min(STEP, range.end - at);
                disk.zero(at, length);
                writing.add(length);
            }
        }
        writing.end();
        disk.flush();
        ByteBuffer zeros = ByteBuffer.allocate(STEP);
        Meter verifying = new Meter(progress, Phase.VERIFYING, total);
        for (Range range : ranges) {
            verify(disk, range, verifying, (at, length) -> zeros.slice(0, length));
        }
        verifying.end();
        disk.tableChanged();
        return total;
    }

    private static long written(Disk disk, Expected content, Progress progress) throws IOException {
        Meter writing = new Meter(progress, Phase.WIPING, disk.size());
        for (long at = 0; at < disk.size(); at += STEP) {
            int length = (int) Math.min(STEP, disk.size() - at);
            disk.write(at, content.at(at, length));
            writing.add(length);
        }
        writing.end();
        disk.flush();
        Meter verifying = new Meter(progress, Phase.VERIFYING, disk.size());
        verify(disk, new Range(0, disk.size()), verifying, content);
        verifying.end();
        disk.tableChanged();
        return disk.size();
    }

    /** What must lie at an offset of the disk. */
    @FunctionalInterface
    private interface Expected {
        ByteBuffer at(long offset, int length);
    }

    private static void verify(Disk disk, Range range, Meter meter, Expected expected) throws IOException {
        ByteBuffer buffer = buffer();
        for (long at = range.start; at < range.end; at += STEP) {
            int length = (int) Math.min(STEP, range.end - at);
            buffer.clear().limit(length);
            disk.readBack(at, buffer);
            buffer.flip();
            int wrong = buffer.mismatch(expected.at(at, length));
            if (wrong >= 0) {
                throw new DiskFailure(
                        disk.name(),
                        "The disk " + disk.name() + " is not wiped",
                        "at offset " + (at + wrong) + " it does not hold what was written",
                        "Destroy the disk by other means: it is defective");
            }
            meter.add(length);
        }
    }

    private static long byTheDisk(Disk disk) throws IOException {
        Path node = disk.node(0)
                .orElseThrow(() -> new ImageFailure(
                        disk.name() + " has no erase of its own", "it is no block device", "Wipe it with zeros"));
        Tool erase = Tool.run(List.of("blkdiscard", "--secure", "--force", node.toString()));
        if (!erase.succeeded()) {
            throw new ImageFailure(
                    "The disk " + disk.name() + " could not erase itself",
                    erase.lastLine(),
                    "Few disks can: wipe it with zeros or random data");
        }
        disk.tableChanged();
        return disk.size();
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(STEP + PAGE).alignedSlice(PAGE);
    }
}
