package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A disk that goes bad under a store that is tortured: {@link Torture} on a {@link Rot}. */
class RotTest {
    private static final boolean MATRIX = "all".equals(System.getProperty("firstlight.matrix"));
    private static final long MILLISECONDS = MATRIX ? 60_000 : 2_000;

    private static final int KILLS = MATRIX ? 15 : 3;

    /** Of the reads of frames that may rot. */
    private static final int ONE_IN = 40;

    /** Of a process that has a second or two. */
    private static final int ONE_IN_OF_THE_KILLED = 6;

    @TempDir
    Path folder;

    private final long seed = Long.getLong("firstlight.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private final Ledger ledger = new Ledger(seed);

    private Shelf shelf(String name, Optional<URI> endpoint) throws IOException {
        return endpoint.isEmpty()
                ? DiskShelf.open(folder.resolve(name))
                : S3Shelf.open(
                        S3Bucket.connect(
                                new S3Settings("images", name + "/", endpoint, "us-east-1", "key", "secret", true)),
                        folder.resolve("spool-" + name));
    }

    private ImageStore open(Rot rot, String name, Optional<URI> endpoint) throws IOException {
        return PackStore.open(rot.over(shelf(name, endpoint)));
    }

    @Test
    @Timeout(300)
    void damageIsFoundAndNamedAndNothingElseIsLost() throws Exception {
        rot(Optional.empty());
    }

    @Test
    @Timeout(300)
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void damageIsFoundAndNamedAndNothingElseIsLostOnAnS3Server() throws Exception {
        try (S3Server server = S3Server.start(folder.resolve("server"))) {
            rot(Optional.of(server.endpoint()));
        }
    }

    static Rot ofChunks(long seed) {
        return new Rot(frames(0, 3), frames(3, 6), ONE_IN_OF_THE_KILLED, seed).inChunksOnly();
    }

    /** Each process finds other places that are bad, and is killed in the midst of what it does about them. */
    @Test
    @Timeout(300)
    void damageIsNamedAndNothingElseIsLostWhenTheProcessIsKilledAsWell() throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < KILLS; round++) {
            TortureForever.untilKilled(
                    random.nextInt(100, 2000),
                    ledger,
                    List.of(folder.toString(), String.valueOf(seed + round), TortureForever.ROT));
        }
        Rot rot = ofChunks(seed);
        rot.stop();
        try (ImageStore store = open(rot, "store", Optional.empty());
                ImageStore replica = open(Rot.NONE, "replica", Optional.empty())) {
            ledger.checkThere(store);
            check(store, rot);
            for (ImageVersion version : replica.list()) {
                Torture.readAll(replica, version); // nothing damaged was pulled
            }
            bringAgain(store, frames(0, 3));
            ledger.check(store);
        }
        try (ImageStore store = open(rot, "store", Optional.empty())) {
            ledger.check(store);
            assertThat(store.collect(false, Progress.SILENT).damages()).isEmpty();
            ledger.check(store);
        }
    }

    private void rot(Optional<URI> endpoint) throws Exception {
        List<ChunkFrame> rotting = frames(0, 3);
        Rot rot = new Rot(rotting, frames(3, 6), ONE_IN, seed);
        try (ImageStore store = open(rot, "store", endpoint);
                ImageStore replica = open(Rot.NONE, "replica", endpoint)) {
            List<Throwable> failures = new Torture(store, replica, ledger, seed, rot).run(MILLISECONDS);
            if (!failures.isEmpty()) {
                throw new AssertionError("seed " + seed, failures.getFirst());
            }
            rotSome(store, rot);
            rot.stop();
            rot.heal(store);
            ledger.checkThere(store);
            check(store, rot);
            for (ImageVersion version : replica.list()) {
                Torture.readAll(replica, version); // nothing damaged was pulled
            }
        }
        rotFiles(rot, endpoint);
        try (ImageStore store = open(rot, "store", endpoint)) {
            ledger.checkThere(store);
            boolean whole = true;
            for (ImageVersion version : store.list()) {
                assertThat(version.damage().isEmpty() || rot.explains(version.name()))
                        .as("seed %d, %s", seed, version)
                        .isTrue();
                whole &= version.damage().isEmpty();
            }
            if (!whole) {
                assertThatThrownBy(() -> store.collect(false, Progress.SILENT)).hasMessageContaining("Nothing was");
            }
            rot.heal(store);
            check(store, rot);
            bringAgain(store, rotting);
            ledger.check(store);
        }
        try (ImageStore store = open(rot, "store", endpoint)) {
            ledger.check(store);
            assertThat(store.collect(false, Progress.SILENT).damages()).isEmpty();
            ledger.check(store);
        }
    }

    /** While no process has the store open: all manifests, notes and lists that may. */
    private void rotFiles(Rot rot, Optional<URI> endpoint) throws IOException {
        try (Shelf shelf = shelf("store", endpoint)) {
            rot.rot(shelf.list("manifests"));
            rot.rot(shelf.list("packs"));
        }
    }

    private static List<ChunkFrame> frames(int from, int to) {
        return Torture.pool().subList(from, to).stream().flatMap(List::stream).toList();
    }

    /** On a busy machine nothing may have rotted until now. */
    private static void rotSome(ImageStore store, Rot rot) throws IOException {
        while (rot.count() == 0) {
            for (ImageVersion version : store.list()) {
                try {
                    store.verify(version, Progress.SILENT);
                } catch (IOException once) {
                    assertThat(rot.explains(once)).isTrue();
                }
            }
        }
    }

    /** What is damaged is named and asked for again; what is not named is right, to the octet. */
    private void check(ImageStore store, Rot rot) throws IOException {
        for (ImageVersion version : store.list()) {
            List<Damage> damages = store.verify(version, Progress.SILENT);
            assertThat(damages).as("seed %d, %s", seed, version.name()).allMatch(rot::explains);
            Set<ChunkId> sound = new HashSet<>();
            store.open(version).forEachChunk(sound::add);
            List<ChunkId> damaged = damages.stream().map(Damage::chunk).toList();
            damaged.forEach(sound::remove);
            assertThat(store.sink().missing(damaged).cardinality())
                    .as("seed %d, %s", seed, version.name())
                    .isEqualTo(damaged.size());
            try (ChunkCodec codec = new ChunkCodec(1)) {
                for (ChunkId id : sound) {
                    byte[] frame = store.source().get(List.of(id)).getFirst();
                    codec.unpack(id, frame, new byte[Chunk.SIZE], 0);
                }
            }
        }
    }

    /** As a capture, or a pull from another server, does. */
    private static void bringAgain(ImageStore store, List<ChunkFrame> frames) throws IOException {
        BitSet missing = store.sink().missing(ImageStoreConformance.ids(frames));
        List<ChunkFrame> wanted = new ArrayList<>();
        for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
            wanted.add(frames.get(i));
        }
        store.sink().put(wanted);
        store.sync();
    }
}
