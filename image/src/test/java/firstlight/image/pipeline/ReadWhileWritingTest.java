package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk without a moving head is read back while it is still being written. */
class ReadWhileWritingTest {
    private static final int MIB = 1 << 20;
    private static final int DATA = 160; // MiB
    private static final int MANY = 8 * MIB;

    @TempDir
    static Path folder;

    private static ImageStore store;
    private static NoiseDisk source;
    private Path target;

    @BeforeAll
    static void anImageThatIsLongerThanWhatIsReadBehind() throws IOException {
        store = DiskStore.open(folder.resolve("store"));
        source = NoiseDisk.captured(folder, DATA, DATA, store);
    }

    @BeforeEach
    void aBlankDisk() throws IOException {
        target = NoiseDisk.blank(folder, "target", DATA);
    }

    @AfterAll
    static void closeTheStore() throws IOException {
        SERVER.close();
        store.close();
    }

    /** Another thread, whose work for a chunk takes longer than unpacking and writing it: who fetches waits, as for a network. */
    private static final ExecutorService SERVER = Executors.newSingleThreadExecutor();

    private record Slow(ChunkSource source, CountDownLatch readSome, AtomicInteger given) implements ChunkSource {
        /** @param readSome reached when a disk has been read back; the last quarter is not given before, nor later than in a minute */
        Slow(ChunkSource source, CountDownLatch readSome) {
            this(source, readSome, new AtomicInteger());
        }

        @Override
        public List<byte[]> get(List<ChunkId> ids) throws IOException {
            try {
                List<byte[]> frames =
                        SERVER.submit(() -> worked(source.get(ids))).get();
                int octets = frames.stream().mapToInt(frame -> frame.length).sum();
                if (given.addAndGet(octets) > DATA / 4 * 3 * MIB && !readSome.await(1, TimeUnit.MINUTES)) {
                    throw new IOException("nothing is read back while it is written");
                }
                return frames;
            } catch (InterruptedException | ExecutionException stopped) {
                throw new IOException(stopped);
            }
        }

        private static List<byte[]> worked(List<byte[]> frames) {
            for (byte[] frame : frames) {
                for (int i = 0; i < 6; i++) {
                    assertThat(ChunkId.of(frame, 0, frame.length)).isNotNull();
                }
            }
            return frames;
        }
    }

    /**
     * Counts octets: those written, and those that were read back before the last of them was written.
     *
     * @param some octets, after which the latch opens
     */
    private record Counting(
            Disk disk,
            boolean seeks,
            int some,
            AtomicInteger written,
            AtomicInteger readBefore,
            CountDownLatch readSome)
            implements DiskOver {
        Counting(Disk disk, boolean seeks, int some) {
            this(disk, seeks, some, new AtomicInteger(), new AtomicInteger(), new CountDownLatch(Math.min(some, 1)));
        }

        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            written.addAndGet(from.remaining());
            disk.write(offset, from);
        }

        @Override
        public void readBack(long offset, ByteBuffer into) throws IOException {
            int read = into.remaining();
            disk.readBack(offset, into);
            if (written.get() > MANY && written.get() < (DATA - 8) * MIB && readBefore.addAndGet(read) >= some) {
                readSome.countDown();
            }
        }
    }

    private Counting restored(boolean seeks, int some) throws IOException {
        try (Counting disk = new Counting(DiskFile.open(target, 512, Access.READ_WRITE), seeks, some)) {
            RestoreSummary done = new Restore(new Slow(store.source(), disk.readSome()), 2)
                    .restore(source.image(), List.of(disk), Progress.SILENT);
            assertThat(done.verified()).isTrue();
            assertThat(done.verifiedBytes()).isEqualTo(done.usedBytes());
            return disk;
        }
    }

    @Test
    void aDiskWithoutAMovingHeadIsReadBackBehindTheWriting() throws IOException {
        assertThat(restored(false, DATA / 4 * MIB).readBefore().get()).isGreaterThanOrEqualTo(DATA / 4 * MIB);
        Shell.run("cmp -n %d -i 1M '%s' '%s'".formatted(DATA * MIB, source.file(), target));
    }

    @Test
    void whereTheNetworkIsFasterAllIsWrittenFirst() throws IOException {
        try (Counting disk = new Counting(DiskFile.open(target, 512, Access.READ_WRITE), false, 0)) {
            new Restore(store.source(), 2).restore(source.image(), List.of(disk), Progress.SILENT);
            assertThat(disk.readBefore().get()).isLessThan(DATA / 4 * MIB);
        }
    }

    /** A large disk takes seconds to forget what it held. */
    private record Erasing(Disk disk, CountDownLatch asked) implements DiskOver {
        @Override
        public void discard(long offset, long length) throws IOException {
            try {
                asked.await();
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
            disk.discard(offset, length);
        }
    }

    @Test
    @Timeout(60)
    void whatIsWrittenFirstIsFetchedWhileTheDiskIsErased() throws IOException {
        CountDownLatch asked = new CountDownLatch(1);
        ChunkSource telling = ids -> {
            asked.countDown();
            return store.source().get(ids);
        };
        try (Disk disk = new Erasing(DiskFile.open(target, 512, Access.READ_WRITE), asked)) {
            new Restore(telling, 2).restore(source.image(), List.of(disk), Progress.SILENT);
        }
        Shell.run("cmp -n %d -i 1M '%s' '%s'".formatted(DATA * MIB, source.file(), target));
    }

    @Test
    void oneWithAHeadIsWrittenFirst() throws IOException {
        assertThat(restored(true, 0).readBefore().get()).isZero();
        Shell.run("cmp -n %d -i 1M '%s' '%s'".formatted(DATA * MIB, source.file(), target));
    }

    @Test
    void whatReadsBackDifferentlyEndsTheRestoreBeforeAllOfItIsWritten() throws IOException {
        try (Counting disk =
                new Counting(new FaultyDisk(DiskFile.open(target, 512, Access.READ_WRITE), 3 * MIB + 77), false, 1)) {
            assertThatThrownBy(() -> new Restore(new Slow(store.source(), disk.readSome()), 2)
                            .restore(source.image(), List.of(disk), Progress.SILENT))
                    .isInstanceOf(DiskFailure.class)
                    .hasMessageContaining("does not hold what was written");
            assertThat(disk.written().get()).isLessThan((DATA - 8) * MIB);
        }
        Shell.run("! sgdisk -p '%s' 2>&1 | grep '^ *1 '".formatted(target));
    }

    /** What is written to the partition's last octets lands at its beginning: an address line that is stuck. */
    private record Mistaking(Disk disk) implements DiskOver {
        private long actual(long offset) {
            return offset >= (DATA - 8L) * MIB && offset < (DATA + 1L) * MIB ? offset - (DATA - 9L) * MIB : offset;
        }

        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            disk.write(actual(offset), from);
        }

        @Override
        public void readBack(long offset, ByteBuffer into) throws IOException {
            disk.readBack(actual(offset), into);
        }
    }

    @Test
    void aDiskThatWritesOverWhatWasFoundRightIsFound() throws IOException {
        try (Disk disk = new Mistaking(DiskFile.open(target, 512, Access.READ_WRITE))) {
            assertThatThrownBy(() -> new Restore(new Slow(store.source(), new CountDownLatch(0)), 2)
                            .restore(source.image(), List.of(disk), Progress.SILENT))
                    .isInstanceOf(DiskFailure.class)
                    .hasMessageContaining("does not hold what was written")
                    .hasMessageContaining("smaller than it says");
        }
    }
}
