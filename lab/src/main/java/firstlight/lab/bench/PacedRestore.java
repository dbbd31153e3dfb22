package firstlight.lab.bench;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.ReadBack;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.lab.bench.Aim.AtLeast;
import firstlight.lab.bench.Aim.Open;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A restore as a room sees it: a gigabit of Ethernet and a disk that writes at most so much. Processor and memory have time left, so what
 * shows is how well fetching, writing and reading back go on side by side.
 */
final class PacedRestore {
    /** TCP's payload on a gigabit of Ethernet, MB/s. */
    private static final double LINK = 118;

    /** MB/s in each way: such a disk reads and writes at once. */
    private static final double SATA_SSD = 500;
    /** MB/s for both ways together; what seeking takes is left out. */
    private static final double HARD_DISK = 150;

    private final int threads;
    private final Figure solid = new Figure("restore.gigabit-ssd", "", new AtLeast(0.9));
    private final Figure turning = new Figure("restore.gigabit-hdd", "", new Open());
    private final Figure sampled = new Figure("restore.gigabit-hdd-sampled", "", new AtLeast(0.9));

    PacedRestore(int threads) {
        this.threads = threads;
    }

    private record PacedSource(ChunkSource source, Pace link) implements ChunkSource {
        @Override
        public List<byte[]> get(List<ChunkId> ids) throws IOException {
            List<byte[]> frames = source.get(ids);
            link.pass(frames.stream().mapToLong(frame -> frame.length).sum());
            return frames;
        }
    }

    /** @param in the way to the disk, and {@code out} back from it: one and the same for a disk with one head */
    private record PacedDisk(Disk disk, boolean seeks, Pace in, Pace out) implements DiskOver {
        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            int octets = from.remaining();
            disk.write(offset, from);
            in.pass(octets);
        }

        @Override
        public void readBack(long offset, ByteBuffer into) throws IOException {
            int octets = into.remaining();
            disk.readBack(offset, into);
            out.pass(octets);
        }
    }

    /** One run; {@code target} is made blank by the caller for each. */
    void onSolidState(ChunkSource source, Manifest manifest, Disk target) throws IOException {
        Pace in = new Pace(SATA_SSD);
        PacedDisk disk = new PacedDisk(target, false, in, new Pace(SATA_SSD));
        solid.of(true).add(share(source, manifest, disk, SATA_SSD, ReadBack.FULL));
    }

    void onTurning(ChunkSource source, Manifest manifest, Disk target, ReadBack much) throws IOException {
        Pace head = new Pace(HARD_DISK);
        Figure figure = switch (much) {
            case FULL -> turning;
            case SAMPLED -> sampled;
        };
        figure.of(true).add(share(source, manifest, new PacedDisk(target, true, head, head), HARD_DISK, much));
    }

    /** What the slower of link and disk takes for its octets alone, of what the restore took. */
    private double share(ChunkSource source, Manifest manifest, PacedDisk disk, double diskRate, ReadBack much)
            throws IOException {
        long start = System.nanoTime();
        RestoreSummary done = new Restore(new PacedSource(source, new Pace(LINK)), threads)
                .reading(much)
                .restore(manifest, List.of(disk), Progress.SILENT);
        double took = (System.nanoTime() - start) / 1e9;
        double link = done.fetchedBytes() / 1e6 / LINK;
        double write = done.writtenBytes() / 1e6 / diskRate;
        return Math.max(link, write) / took;
    }

    void print() {
        solid.print();
        turning.print();
        sampled.print();
    }
}
