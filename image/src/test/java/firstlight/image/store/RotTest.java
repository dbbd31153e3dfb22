package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that goes bad under a store that is tortured: {@link Torture} on a {@link Rot}. */
class RotTest {
    private static final boolean MATRIX = "all".equals(System.getProperty("firstlight.matrix"));
    private static final long MILLISECONDS = MATRIX ? 60_000 : 2_000;

    /** Of the reads of frames that may rot. */
    private static final int ONE_IN = 40;

    @TempDir
    Path folder;

    private final long seed = Long.getLong("firstlight.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private final Ledger ledger = new Ledger(seed);

    private ImageStore open(Rot rot, String name) throws IOException {
        return PackStore.open(rot.over(DiskShelf.open(folder.resolve(name))));
    }

    @Test
    @Timeout(300)
    void damageIsFoundAndNamedAndNothingElseIsLost() throws Exception {
        List<ChunkFrame> rotting = frames(0, 3);
        Rot rot = new Rot(rotting, frames(3, 6), ONE_IN, seed);
        try (ImageStore store = open(rot, "store");
                ImageStore replica = open(Rot.NONE, "replica")) {
            List<Throwable> failures = new Torture(store, replica, ledger, seed, rot).run(MILLISECONDS);
            if (!failures.isEmpty()) {
                throw new AssertionError("seed " + seed, failures.getFirst());
            }
            rotSome(store, rot);
            rot.stop();
            ledger.checkThere(store);
            check(store, rot);
            for (ImageVersion version : replica.list()) {
                Torture.readAll(replica, version); // nothing damaged was pulled
            }
        }
        try (ImageStore store = open(rot, "store")) {
            check(store, rot);
            bringAgain(store, rotting);
            ledger.check(store);
        }
        try (ImageStore store = open(rot, "store")) {
            ledger.check(store);
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
