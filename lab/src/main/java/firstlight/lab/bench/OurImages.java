package firstlight.lab.bench;

import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.Capture.Captured;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.Publication;
import firstlight.image.store.Repacked;
import firstlight.lab.bench.ImagePeer.Cost;
import firstlight.server.configuration.Configuration;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Our side of the benchmarks of images: captures into a store in this process and restores out of it.
 *
 * @param threads of a capture
 */
record OurImages(int threads) {
    private static final ImageName NAME = new ImageName("bench");
    private static final int LEVEL = Configuration.Images.USUAL.packLevel();

    /** Threads that a restore has more than a capture, as in the engine: two, so that the network need not wait for those that write. */
    private static final int RESTORE_MORE = 2;

    /** CPU and time of our side, of this process. */
    static final class Stopwatch {
        private final long start = System.nanoTime();
        private final double cpu = cpu();

        Cost stop() {
            return new Cost((System.nanoTime() - start) / 1e9, cpu() - cpu);
        }

        private static double cpu() {
            var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return system.getProcessCpuTime() / 1e9;
        }
    }

    int restoreThreads() {
        return threads + RESTORE_MORE;
    }

    Repacked repack(ImageStore store) throws IOException {
        return store.repack(LEVEL, threads, Progress.SILENT);
    }

    /** One night's packing anew of the store in {@code folder}. */
    Cost pack(Path folder) throws IOException {
        try (ImageStore store = DiskStore.open(folder)) {
            Stopwatch watch = new Stopwatch();
            repack(store);
            return watch.stop();
        }
    }

    Captured capture(ImageStore store, DiskGround source) throws IOException {
        try (BlockDevice disk = source.open(Access.READ)) {
            Captured captured =
                    new Capture(store.trustingSink(), threads, "bench").capture(List.of(disk), Progress.SILENT);
            if (!(store.publish(NAME, captured.manifest()) instanceof Publication.Published)) {
                throw new OperatorError("the captured image is not complete", "a bug: tell us");
            }
            return usable(captured);
        }
    }

    /** A disk that was taken whole would be measured as if all of it were files, and the peer's only by what is in use. */
    static Captured usable(Captured captured) {
        if (!captured.manifest().notes().isEmpty()) {
            throw new OperatorError(
                    "the benchmark's disk was not captured as it should be: "
                            + String.join("; ", captured.manifest().notes()),
                    "run it again; if it says so again, tell us");
        }
        return captured;
    }

    RestoreSummary restore(ImageStore store, Manifest manifest, DiskGround target) throws IOException {
        try (BlockDevice disk = target.open(Access.READ_WRITE)) {
            RestoreSummary done =
                    new Restore(store.source(), restoreThreads()).restore(manifest, List.of(disk), Progress.SILENT);
            if (!done.verified()) {
                throw new OperatorError("not all of the restored disk was verified", "a bug: tell us");
            }
            return done;
        }
    }

    /** What all files below {@code folder} hold: a sparse one counts with its length. */
    static long octets(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
