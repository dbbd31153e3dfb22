package firstlight.image.store;

import static firstlight.image.store.ImageStoreConformance.ids;
import static firstlight.image.store.ImageStoreConformance.manifest;
import static firstlight.image.store.ImageStoreConformance.published;
import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * All that a store does, at once: captures publish or are given up, versions are read, verified, tagged, protected and removed,
 * garbage is collected, packs are packed anew, and another store pulls what it does not have.
 */
final class Torture {
    private static final List<ImageName> IMAGES = List.of(new ImageName("lab"), new ImageName("office"));
    private static final int PLACES = 6;
    private static final int VARIANTS = 5;
    private static final int FEW = 3;
    private static final int MANY = 8;

    /** Hears what a version's fate is; from many threads. */
    interface Witness {
        /** @param digest in hexadecimal */
        void published(String name, String digest);

        /** It may be gone from now on. */
        void removing(String name);

        /** It was not removed, for somebody needs it. */
        void stays(String name);
    }

    private final ImageStore store;
    private final ImageStore replica;
    private final Witness witness;
    private final long seed;
    private final Rot rot;
    private final List<List<ChunkFrame>> pool = pool();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private volatile boolean stop;

    /** @param replica the store of the server that pulls */
    Torture(ImageStore store, ImageStore replica, Witness witness, long seed) {
        this(store, replica, witness, seed, Rot.NONE);
    }

    /** @param rot of the disk that {@code store} is on; what it explains is no failure */
    Torture(ImageStore store, ImageStore replica, Witness witness, long seed, Rot rot) {
        this.store = store;
        this.replica = replica;
        this.witness = witness;
        this.seed = seed;
        this.rot = rot;
    }

    /** By place on a disk, what captures find there. */
    static List<List<ChunkFrame>> pool() {
        List<List<ChunkFrame>> pool = new ArrayList<>();
        for (int place = 0; place < PLACES; place++) {
            List<ChunkFrame> variants = new ArrayList<>();
            for (int variant = 0; variant < VARIANTS; variant++) {
                byte[] content = RepackingConformance.content(place);
                Arrays.fill(content, 1000, 1000 + 20_000 * variant, (byte) 0); // files were deleted there
                variants.add(RepackingConformance.frame(content));
            }
            pool.add(variants);
        }
        return pool;
    }

    private interface Deed {
        void once(Random random) throws IOException;
    }

    /** Returns what went wrong. */
    List<Throwable> run(long milliseconds) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        threads.add(start("capture", 1, this::capture));
        threads.add(start("capture", 2, this::capture));
        threads.add(start("remove", 3, random -> remove(store, random)));
        threads.add(start("note", 4, this::note));
        threads.add(start("collect", 5, random -> collect(store, random)));
        threads.add(start("pack", 6, random -> pack(store, random)));
        threads.add(start("verify", 7, random -> verify(store, random)));
        threads.add(start("read", 8, this::read));
        threads.add(start("pull", 9, this::pull));
        threads.add(start("replica", 10, random -> {
            collect(replica, random);
            pack(replica, random);
            verify(replica, random);
        }));
        if (rot != Rot.NONE) {
            threads.add(start("heal", 11, _ -> heal()));
        }
        boolean early = failed.await(milliseconds, TimeUnit.MILLISECONDS);
        stop = true;
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(early).isEqualTo(!failures.isEmpty());
        return List.copyOf(failures);
    }

    private Thread start(String name, int number, Deed deed) {
        Random random = new Random(seed * 31 + number);
        return Thread.ofPlatform().name(name + number).daemon().start(() -> {
            try {
                while (!stop) {
                    once(deed, random);
                }
            } catch (IOException | RuntimeException | AssertionError broken) {
                failures.add(broken);
                failed.countDown();
                stop = true;
            }
        });
    }

    private void once(Deed deed, Random random) throws IOException {
        try {
            deed.once(random);
        } catch (IOException | RuntimeException | AssertionError broken) {
            if (!rot.explains(broken)) {
                throw broken;
            }
        }
    }

    private void capture(Random random) throws IOException {
        List<ChunkFrame> frames = new ArrayList<>();
        for (List<ChunkFrame> variants : pool) {
            frames.add(variants.get(random.nextInt(3) == 0 ? random.nextInt(VARIANTS) : 0));
        }
        try (Hold _ = store.hold()) {
            BitSet missing = store.sink().missing(ids(frames));
            for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
                (random.nextBoolean() ? store.sink() : store.trustingSink()).put(List.of(frames.get(i)));
            }
            if (random.nextInt(5) > 0 && store.list().size() < MANY) {
                Manifest manifest = manifest(ids(frames));
                rot.keep(manifest);
                ImageVersion version = published(store.publish(IMAGES.get(random.nextInt(IMAGES.size())), manifest));
                witness.published(version.name(), version.digest().toHex());
            }
        }
    }

    private static Optional<ImageVersion> any(ImageStore store, Random random) throws IOException {
        List<ImageVersion> all = store.list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private void remove(ImageStore from, Random random) throws IOException {
        Optional<ImageVersion> version = any(from, random);
        if (version.isEmpty() || from.list().size() <= FEW) {
            LockSupport.parkNanos(5_000_000); // until a capture has published one
            return;
        }
        witness.removing(version.get().name());
        try {
            from.remove(version.get(), ImageStoreConformance.ENTRY);
        } catch (ImageFailure needed) {
            assertThat(needed.what()).containsAnyOf("is protected", "is in use", "is gone");
            if (from.find(version.get().image(), version.get().number()).isPresent()) {
                witness.stays(version.get().name());
            }
        }
    }

    private void note(Random random) throws IOException {
        Optional<ImageVersion> version = any(store, random);
        if (version.isPresent()) {
            unlessGone(
                    store,
                    version.get(),
                    () -> store.change(
                            version.get(),
                            notes -> notes.withTags(Set.of(random.nextBoolean() ? "golden" : "old"))
                                    .withKept(random.nextInt(3) == 0)));
        }
    }

    private void collect(ImageStore store, Random random) throws IOException {
        try {
            assertThat(store.collect(random.nextInt(4) == 0, Progress.SILENT).damages())
                    .allMatch(rot::explains);
        } catch (ImageFailure busy) {
            assertThat(busy).hasMessageContaining("is being tidied already");
        }
    }

    private void pack(ImageStore store, Random random) throws IOException {
        try {
            assertThat(store.repack(2 + random.nextInt(4), 2, Progress.SILENT).damages())
                    .allMatch(rot::explains);
        } catch (ImageFailure busy) {
            assertThat(busy).hasMessageContaining("is being tidied already");
        }
    }

    private void verify(ImageStore store, Random random) throws IOException {
        Optional<ImageVersion> version = any(store, random);
        if (version.isPresent()) {
            unlessGone(
                    store,
                    version.get(),
                    () -> assertThat(store.verify(version.get(), Progress.SILENT))
                            .allMatch(rot::explains));
        }
    }

    private void heal() throws IOException {
        try {
            rot.heal(store);
        } catch (ImageFailure failure) {
            assertThat(failure.what()).contains("is gone"); // it was removed meanwhile
        }
        LockSupport.parkNanos(50_000_000); // so that others see the damage
    }

    private void read(Random random) throws IOException {
        Optional<ImageVersion> version = any(store, random);
        if (version.isPresent()) {
            unlessGone(store, version.get(), () -> {
                try (Hold _ = store.hold(version.get())) {
                    readAll(store, version.get());
                }
            });
        }
    }

    static void readAll(ImageStore store, ImageVersion version) throws IOException {
        Set<ChunkId> named = new HashSet<>();
        store.open(version).forEachChunk(named::add);
        List<ChunkId> ids = List.copyOf(named);
        List<byte[]> frames = store.source().get(ids);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (int i = 0; i < ids.size(); i++) {
                codec.unpack(ids.get(i), frames.get(i), new byte[Chunk.SIZE], 0);
            }
        }
    }

    private void pull(Random random) throws IOException {
        Optional<ImageVersion> wanted = any(store, random);
        if (wanted.isEmpty()) {
            return;
        }
        ImageVersion version = wanted.get();
        unlessGone(store, version, () -> {
            boolean known = replica.find(version.image(), version.number()).isPresent()
                    || replica.removed().stream().anyMatch(each -> each.name().equals(version.name()));
            if (!known) {
                bring(version, store.encoded(version));
            }
        });
        Optional<ImageVersion> old = any(replica, random);
        if (old.isPresent() && replica.list().size() > FEW) {
            try {
                replica.remove(old.get(), ImageStoreConformance.ENTRY);
            } catch (ImageFailure needed) {
                assertThat(needed.what()).contains("is in use");
            }
        }
    }

    private void bring(ImageVersion version, byte[] encoded) throws IOException {
        try (Hold _ = replica.hold()) {
            List<ChunkId> ids = new ArrayList<>();
            ManifestCodec.decode(encoded).forEachChunk(ids::add);
            BitSet missing = replica.sink().missing(ids);
            for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
                byte[] frame = store.source().get(List.of(ids.get(i))).getFirst();
                replica.sink().put(List.of(new ChunkFrame(ids.get(i), frame)));
            }
            published(replica.adopt(
                    version.image(), version.number(), encoded, version.notes().withKept(false)));
        }
    }

    private interface Reading {
        void run() throws IOException;
    }

    /** Whoever reads a version that somebody removes meanwhile may be told so. */
    private static void unlessGone(ImageStore store, ImageVersion version, Reading reading) throws IOException {
        try {
            reading.run();
        } catch (ImageFailure failure) {
            if (store.find(version.image(), version.number()).isPresent()) {
                throw failure;
            }
        }
    }
}
