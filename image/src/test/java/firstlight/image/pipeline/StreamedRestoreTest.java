package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.ChunkStream;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.ChunkOrder;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores of which chunks come in any order, twice, damaged or not at all. */
class StreamedRestoreTest {
    @TempDir
    Path folder;

    private ImageStore store;
    private Path source;
    private Manifest manifest;
    private ChunkOrder order;
    private final List<ChunkId> fetched = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void anImageInWhichSomeChunksComeTwice() throws IOException {
        store = DiskStore.open(folder.resolve("store"));
        source = new Lab(folder).disk("source", "64M");
        Shell.run("""
                sgdisk -n 1:2048:+20M -n 2:0:+30M '%1$s' >/dev/null
                head -c 15M /dev/urandom | dd of='%1$s' bs=1M seek=1 conv=notrunc status=none
                dd if='%1$s' of='%1$s' bs=1M skip=1 seek=30 count=4 conv=notrunc status=none
                """.formatted(source));
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
        }
        order = ChunkOrder.of(manifest);
    }

    @AfterEach
    void closeTheStore() throws IOException {
        store.close();
    }

    /** Sends what is wanted in a random order; {@code weather} may change that. */
    private final class Shuffled implements ChunkStream {
        private final Queue<Arrival> queue = new ConcurrentLinkedQueue<>();
        private final BitSet asked = new BitSet();
        private final double lost;
        private final boolean damaged;

        Shuffled(double lost, boolean damaged) {
            this.lost = lost;
            this.damaged = damaged;
        }

        @Override
        public void want(BitSet chunks) throws IOException {
            asked.or(chunks);
            Random random = new Random(7);
            List<Arrival> arrivals = new ArrayList<>();
            for (int chunk : new ArrayDeque<>(chunks.stream().boxed().toList())) {
                byte[] frame = store.source().get(List.of(order.get(chunk))).getFirst();
                if (random.nextDouble() < lost) {
                    continue;
                }
                if (damaged && chunk == 3) {
                    frame = store.source().get(List.of(order.get(4))).getFirst();
                }
                arrivals.add(new Arrival(chunk, frame));
                arrivals.add(new Arrival(chunk, frame));
            }
            Collections.shuffle(arrivals, random);
            queue.addAll(arrivals);
        }

        @Override
        public Optional<Arrival> next() {
            return Optional.ofNullable(queue.poll());
        }
    }

    private RestoreSummary restore(ChunkStream stream, Path file) throws IOException {
        ChunkSource unicast = ids -> {
            fetched.addAll(ids);
            return store.source().get(ids);
        };
        try (Disk disk = DiskFile.open(file, 512, Access.READ_WRITE)) {
            return new Restore(unicast, 2).hearing(stream).restore(manifest, List.of(disk), Progress.SILENT);
        }
    }

    private void isTheImage(RestoreSummary done, Path file) throws IOException {
        assertThat(done.verified()).isTrue();
        assertThat(Lab.sha256(file)).isEqualTo(Lab.sha256(source));
    }

    @Test
    void everythingComesByTheStreamInWhateverOrder() throws IOException {
        Path target = new Lab(folder).disk("target", "64M");
        isTheImage(restore(new Shuffled(0, false), target), target);
        assertThat(fetched).isEmpty();
    }

    @Test
    void whatDoesNotComeOrComesDamagedIsFetched() throws IOException {
        Path target = new Lab(folder).disk("target", "64M");
        isTheImage(restore(new Shuffled(0.3, true), target), target);
        assertThat(fetched).contains(order.get(3)).hasSizeBetween(5, 40);
    }

    @Test
    void aSilentStreamIsARestoreLikeAnyOther() throws IOException {
        Path target = new Lab(folder).disk("target", "64M");
        isTheImage(restore(new Shuffled(1, false), target), target);
    }

    @Test
    void whatTheDiskHoldsIsNotAskedFor() throws IOException {
        Path target = new Lab(folder).disk("target", "64M");
        Shell.run("dd if='%s' of='%s' bs=1M count=8 conv=notrunc status=none".formatted(source, target));
        Shuffled stream = new Shuffled(0, false);
        isTheImage(restore(stream, target), target);
        assertThat(stream.asked.cardinality()).isBetween(20, 55);
        assertThat(fetched).isEmpty();
    }

    @Test
    void eachChunkHasOneNumber() {
        for (int number = 0; number < order.size(); number++) {
            assertThat(order.find(order.get(number))).isEqualTo(number);
        }
        assertThat(order.find(new ChunkId(1, 2, 3, 4))).isEqualTo(-1);
    }
}
