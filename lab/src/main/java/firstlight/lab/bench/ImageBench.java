package firstlight.lab.bench;

import firstlight.image.Amount;
import firstlight.image.capture.Capture.Captured;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.ReadBack;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.store.Repacked;
import firstlight.lab.bench.Aim.Open;
import firstlight.lab.bench.Aim.RatioAtLeast;
import firstlight.lab.bench.Aim.RatioAtMost;
import firstlight.lab.bench.ImagePeer.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Images beside partclone piped to zstd, on loop devices in memory. Both sides take the disk as it is on the device and leave
 * the image in files; ours also hashes all it reads, and a restore reads back all that it wrote.
 */
final class ImageBench {
    /** How much of the disk its files take: neither side reads the rest. */
    private static final double FULL = 0.6;

    private final Ground ground;
    private final Extent extent;
    private final ImagePeer peer;
    private final OurImages ours = new OurImages(Runtime.getRuntime().availableProcessors() + 2); // as the engine does
    private final RealTree tree;
    /** In octets, whole MiB. */
    private final long diskSize;

    ImageBench(Ground ground, Extent extent) throws IOException {
        this.ground = ground;
        this.extent = extent;
        this.peer = new ImagePeer(ground.folder());
        this.tree = RealTree.of(extent.of(1L << 30, 2_500_000_000L));
        this.diskSize = (long) (tree.octets() / FULL) >> 20 << 20;
        System.out.println("ours: " + Ours.version());
        System.out.println("partclone: " + Peers.version(Path.of("/usr/sbin/partclone.ext4"), "--version") + "; "
                + Peers.version(Path.of("/usr/bin/zstd"), "--version"));
        System.out.println("disk: " + Amount.mib(diskSize) + " in memory behind a loop device, ext4, "
                + tree.files().size() + " files of /usr with " + Amount.mib(tree.octets()));
    }

    /** Into an empty store each time: a second capture would find its chunks there. */
    void capture() throws IOException {
        Figure rate = new Figure("capture.rate", "MB/s", new RatioAtLeast(3));
        Figure cpu = new Figure("capture.cpu", "s/GB", new Open());
        Figure size = new Figure("capture.image", "MB", new RatioAtMost(1));
        Figure packed = new Figure("capture.image-packed", "MB", new RatioAtMost(1));
        Figure packing = new Figure("capture.packing", "s/GB", new Open());
        StageFigures stages = new StageFigures("capture", "read", "hash", "compress", "store");
        double known = 0; // gigabytes in use: the run that does not count begins with ours, which says
        try (DiskGround source = source()) {
            for (int run = 0; run <= extent.runs(); run++) {
                for (boolean onOurs : turns(run)) {
                    Cost cost;
                    long octets;
                    double used;
                    if (onOurs) {
                        Path folder = ground.folder().resolve("store");
                        OurImages.Stopwatch watch = new OurImages.Stopwatch();
                        Captured captured;
                        try (ImageStore store = DiskStore.open(folder)) {
                            captured = ours.capture(store, source);
                        }
                        cost = watch.stop();
                        octets = OurImages.octets(folder);
                        known = captured.summary().usedBytes() / 1e9;
                        if (run == extent.runs()) { // the same every time, and slow
                            packing.of(true).add(ours.pack(folder).cpuSeconds() / known);
                            packed.of(true).add(OurImages.octets(folder) / 1e6);
                        }
                        delete(folder);
                        used = known;
                        var spent = captured.summary().stages();
                        if (run > 0) {
                            stages.add(used, spent.read(), spent.hash(), spent.compress(), spent.send());
                        }
                    } else {
                        Path image = ground.folder().resolve("peer.zst");
                        cost = peer.capture(source.partition(), image);
                        octets = Files.size(image);
                        Files.delete(image);
                        used = known;
                        if (run == extent.runs()) {
                            packed.of(false).add(octets / 1e6);
                        }
                    }
                    if (run > 0) {
                        rate.of(onOurs).add(used * 1e3 / cost.seconds());
                        cpu.of(onOurs).add(cost.cpuSeconds() / used);
                        size.of(onOurs).add(octets / 1e6);
                    }
                }
            }
            captureByWire(source);
        }
        print(rate, cpu, size, packed, packing);
        stages.print();
    }

    /** The same captures through the engine's HTTPS, into a store that is emptied behind each: a second one would find its chunks there. */
    private void captureByWire(DiskGround source) throws IOException {
        try (WireRuns wire = new WireRuns(ground, "capture", ours.threads(), "read", "hash", "compress", "wire")) {
            for (int run = 0; run <= extent.runs(); run++) {
                double before = wire.serverSeconds();
                OurImages.Stopwatch watch = new OurImages.Stopwatch();
                Captured captured = wire.capture(source);
                Cost cost = watch.stop();
                double used = captured.summary().usedBytes() / 1e9;
                if (run > 0) {
                    wire.add(used, cost, wire.serverSeconds() - before);
                    var spent = captured.summary().stages();
                    wire.stages().add(used, spent.read(), spent.hash(), spent.compress(), spent.send());
                }
                wire.forget();
            }
            wire.print();
        }
    }

    /** @param held what the target holds before; empty for a blank one */
    private void restoreByWire(WireRuns wire, ImageStore store, Optional<Manifest> held) throws IOException {
        for (int run = 0; run <= extent.runs(); run++) {
            try (DiskGround target = DiskGround.blank(ground.folder().resolve("target"), diskSize)) {
                if (held.isPresent()) {
                    ours.restore(store, held.get(), target);
                }
                double before = wire.serverSeconds();
                OurImages.Stopwatch watch = new OurImages.Stopwatch();
                RestoreSummary done = wire.restore(target);
                Cost cost = watch.stop();
                if (run > 0) {
                    wire.add(done.usedBytes() / 1e9, cost, wire.serverSeconds() - before);
                    add(wire.stages(), done);
                }
            }
        }
        wire.print();
    }

    /** Onto a blank disk each time: neither side finds anything there. */
    void restore() throws IOException {
        Figure rate = new Figure("restore.rate", "MB/s", new RatioAtLeast(4));
        Figure cpu = new Figure("restore.cpu", "s/GB", new Open());
        StageFigures stages = new StageFigures("restore", "fetch", "decompress", "write", "verify");
        Path image = ground.folder().resolve("peer.zst");
        try (ImageStore store = DiskStore.open(ground.folder().resolve("store"));
                WireRuns wire =
                        new WireRuns(ground, "restore", ours.threads(), "wire", "decompress", "write", "verify")) {
            Manifest manifest;
            double used;
            try (DiskGround source = source()) {
                manifest = ours.capture(store, source).manifest();
                wire.capture(source);
                peer.capture(source.partition(), image);
                used = manifest.usedBytes() / 1e9;
            }
            for (int run = 0; run <= extent.runs(); run++) {
                for (boolean onOurs : turns(run)) {
                    try (DiskGround target = DiskGround.blank(ground.folder().resolve("target"), diskSize)) {
                        Cost cost;
                        if (onOurs) {
                            OurImages.Stopwatch watch = new OurImages.Stopwatch();
                            RestoreSummary done = ours.restore(store, manifest, target);
                            cost = watch.stop();
                            if (run > 0) {
                                add(stages, done);
                            }
                        } else {
                            cost = peer.restore(image, target.node());
                        }
                        if (run > 0) {
                            rate.of(onOurs).add(used * 1e3 / cost.seconds());
                            cpu.of(onOurs).add(cost.cpuSeconds() / used);
                        }
                    }
                }
            }
            restoreByWire(wire, store, Optional.empty());
            restorePaced(store, manifest);
        }
        print(rate, cpu);
        stages.print();
    }

    /** None of its runs is thrown away: what it measures is compiled by then. */
    private void restorePaced(ImageStore store, Manifest manifest) throws IOException {
        PacedRestore paced = new PacedRestore(ours.restoreThreads());
        for (int run = 1; run <= extent.runs(); run++) {
            try (DiskGround target = DiskGround.blank(ground.folder().resolve("target"), diskSize);
                    BlockDevice disk = target.open(Access.READ_WRITE)) {
                paced.onSolidState(store.source(), manifest, disk);
            }
            for (ReadBack much : ReadBack.values()) {
                try (DiskGround target = DiskGround.blank(ground.folder().resolve("target"), diskSize);
                        BlockDevice disk = target.open(Access.READ_WRITE)) {
                    paced.onTurning(store.source(), manifest, disk, much);
                }
            }
        }
        paced.print();
    }

    /** The next version onto a disk that holds the one before. The peer writes all of it, as it does onto any disk. */
    void delta() throws IOException {
        Figure rate = new Figure("delta.rate", "MB/s", new RatioAtLeast(10));
        Figure cpu = new Figure("delta.cpu", "s/GB", new Open());
        Figure wired = new Figure("delta.wire", "MB", new RatioAtMost(0.08));
        StageFigures stages = new StageFigures("delta", "fetch", "decompress", "write", "compare+verify");
        Path image = ground.folder().resolve("peer.zst");
        try (ImageStore store = DiskStore.open(ground.folder().resolve("store"));
                WireRuns wire = new WireRuns(
                        ground, "delta", ours.threads(), "wire", "decompress", "write", "compare+verify")) {
            Manifest before;
            Manifest next;
            try (DiskGround source = source()) {
                before = ours.capture(store, source).manifest();
                source.mounted(tree::change);
                next = ours.capture(store, source).manifest();
                wire.capture(source);
                peer.capture(source.partition(), image);
            }
            double used = next.usedBytes() / 1e9;
            for (int run = 0; run <= extent.runs(); run++) {
                for (boolean onOurs : turns(run)) {
                    // A new one each time: what only the next version has would still be there.
                    try (DiskGround target = DiskGround.blank(ground.folder().resolve("target"), diskSize)) {
                        Cost cost;
                        double sent;
                        ours.restore(store, before, target);
                        if (onOurs) {
                            OurImages.Stopwatch watch = new OurImages.Stopwatch();
                            RestoreSummary done = ours.restore(store, next, target);
                            cost = watch.stop();
                            sent = done.fetchedBytes() / 1e6;
                            if (run > 0) {
                                add(stages, done);
                            }
                        } else {
                            cost = peer.restore(image, target.node());
                            sent = Files.size(image) / 1e6;
                        }
                        if (run > 0) {
                            rate.of(onOurs).add(used * 1e3 / cost.seconds());
                            cpu.of(onOurs).add(cost.cpuSeconds() / used);
                            wired.of(onOurs).add(sent);
                        }
                    }
                }
            }
            restoreByWire(wire, store, Optional.of(before));
        }
        print(rate, cpu, wired);
        stages.print();
    }

    /** What the second image of the same system costs. */
    void store() throws IOException {
        Figure stored = new Figure("store.second", "MB", new RatioAtMost(0.08));
        Figure packed = new Figure("store.second-packed", "MB", new RatioAtMost(0.08));
        Figure rate = new Figure("store.second-rate", "MB/s", new Open());
        Path folder = ground.folder().resolve("store");
        Path image = ground.folder().resolve("peer.zst");
        try (DiskGround source = source();
                ImageStore store = DiskStore.open(folder)) {
            ours.capture(store, source);
            ours.repack(store); // the night between
            long first = OurImages.octets(folder);
            double firstPacked = first / 1e6;
            source.mounted(tree::change);
            OurImages.Stopwatch watch = new OurImages.Stopwatch();
            Captured second = ours.capture(store, source);
            Cost own = watch.stop();
            Cost peers = peer.capture(source.partition(), image);
            double used = second.summary().usedBytes() / 1e6;
            stored.of(true).add((OurImages.octets(folder) - first) / 1e6);
            stored.of(false).add(Files.size(image) / 1e6);
            double before = OurImages.octets(folder) / 1e6;
            Repacked repacked = ours.repack(store);
            System.out.println("packing anew: " + Math.round(before) + " MB became "
                    + Math.round(OurImages.octets(folder) / 1e6) + ", " + repacked.deltas()
                    + " chunks of the second image are kept as what they differ in from the first");
            packed.of(true).add(OurImages.octets(folder) / 1e6 - firstPacked);
            packed.of(false).add(Files.size(image) / 1e6);
            rate.of(true).add(used / own.seconds());
            rate.of(false).add(used / peers.seconds());
        }
        print(stored, packed, rate);
    }

    private DiskGround source() {
        return DiskGround.source(ground.folder().resolve("source"), diskSize, tree);
    }

    /** The sides in turns, each as often first as second; ours first in the run that does not count. */
    private static boolean[] turns(int run) {
        return run % 2 == 0 ? new boolean[] {true, false} : new boolean[] {false, true};
    }

    private static void add(StageFigures stages, RestoreSummary done) {
        var spent = done.stages();
        stages.add(done.usedBytes() / 1e9, spent.fetch(), spent.unpack(), spent.write(), spent.verify());
    }

    private static void print(Figure... figures) {
        Stream.of(figures).forEach(figure -> figure.print(ImagePeer.NAME));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
