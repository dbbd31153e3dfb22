package firstlight.server.api;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.store.Hold;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** What goes on at two servers while one pulls from the other over a bad wire: captures, removals, collections, packing, cuts. */
final class PullTorture {
    private static final int POOL = 40;
    private static final int CHUNKS = 12;
    private static final int FEW = 4;
    private static final int MANY = 9;

    private final ImageStore from;
    private final ImageStore to;
    private final CutWire wire;
    private final long seed;
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stop;

    private interface Deed {
        void once(Random random) throws IOException;
    }

    PullTorture(ImageStore from, ImageStore to, CutWire wire, long seed) {
        this.from = from;
        this.to = to;
        this.wire = wire;
        this.seed = seed;
    }

    void start() {
        start(1, this::capture);
        start(2, this::remove);
        start(3, random -> tidy(from, random));
        start(4, random -> tidy(to, random));
        start(5, random -> {
            wire.cutAfter(random.nextInt(4_000_000));
            pause(20 + random.nextInt(200));
        });
    }

    /** Returns what went wrong. */
    List<Throwable> stop() throws InterruptedException {
        stop = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(failures);
    }

    private void start(int number, Deed deed) {
        Random random = new Random(seed * 31 + number);
        threads.add(Thread.ofPlatform().daemon().start(() -> {
            try {
                while (!stop) {
                    deed.once(random);
                }
            } catch (IOException | RuntimeException | AssertionError broken) {
                failures.add(broken);
                stop = true;
            }
        }));
    }

    private static void pause(int milliseconds) {
        LockSupport.parkNanos(milliseconds * 1_000_000L);
    }

    private void capture(Random random) throws IOException {
        if (from.list().size() >= MANY) {
            pause(20);
            return;
        }
        try (Hold _ = from.hold()) {
            int[] seeds = random.ints(CHUNKS, 1, POOL).toArray();
            TwoServersTest.publish(from, random.nextBoolean() ? "office" : "lab", seeds);
        }
    }

    private void remove(Random random) throws IOException {
        List<ImageVersion> all = from.list();
        pause(random.nextInt(60));
        if (all.size() > FEW) {
            try {
                from.remove(
                        all.get(random.nextInt(all.size())),
                        new VersionNotes.Entry(Instant.EPOCH, "somebody", "removed it"));
            } catch (ImageFailure needed) {
                if (!needed.what().contains("is in use")) {
                    throw needed;
                }
            }
        }
    }

    private void tidy(ImageStore store, Random random) throws IOException {
        if (!store.collect(false, Progress.SILENT).damages().isEmpty()) {
            throw new AssertionError("a chunk was damaged");
        }
        store.repack(2 + random.nextInt(3), 1, Progress.SILENT);
        pause(random.nextInt(30));
    }
}
