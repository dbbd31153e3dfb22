package firstlight.image.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.extents.Extents;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellCursor;
import firstlight.image.work.CellRange;
import firstlight.image.work.Workers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FetchAheadTest {
    private static final int BATCHES = 12;
    private static final long ROOM = 3L * CellBatch.OCTETS;

    @TempDir
    Path folder;

    private DiskFile disk;
    private Target target;
    private CellCursor cursor;

    /** Its content does not pack: each of its frames has the length of its chunk. */
    @BeforeEach
    void aDiskOfTwelveBatchesWhoseFifthIsAllZeros() throws IOException {
        Path file = folder.resolve("disk");
        long length = (long) BATCHES * CellBatch.OCTETS;
        try (RandomAccessFile empty = new RandomAccessFile(file.toFile(), "rw")) {
            empty.setLength(length);
        }
        disk = DiskFile.open(file, 512, Access.READ_WRITE);
        CellRange range = new CellRange(disk, "p1", 0, length, Extents.of(0, length), Chunk.SIZE);
        int cells = (int) (length / Chunk.SIZE);
        int each = CellBatch.OCTETS / Chunk.SIZE;
        ChunkTable.Builder ids = new ChunkTable.Builder(cells);
        for (int i = 0; i < cells; i++) {
            byte[] id = new byte[ChunkId.LENGTH];
            id[0] = (byte) (i / each == 4 ? 0 : i + 1);
            ids.set(i, ChunkId.at(id, 0));
        }
        target = new Target(range, ids.build());
        cursor = new CellCursor(List.of(range));
    }

    @AfterEach
    void closeTheDisk() throws IOException {
        disk.close();
    }

    private final RestoreStages stages = new RestoreStages();

    private FetchAhead ahead(ChunkSource source, int threads) {
        return FetchAhead.begin(source, List.of(target), cursor, threads, ROOM, stages);
    }

    /** Nobody is asked for nothing. */
    private static List<byte[]> frames(List<ChunkId> ids) {
        assertThat(ids).isNotEmpty();
        return ids.stream().map(id -> new byte[Chunk.SIZE]).toList();
    }

    @Test
    void eachBatchComesOnceWithAFrameForEachCellThatIsNotZeros() throws IOException {
        List<String> came = new ArrayList<>();
        try (FetchAhead ahead = ahead(FetchAheadTest::frames, 3)) {
            for (Optional<Step> step = ahead.next(); step.isPresent(); step = ahead.next()) {
                Step.Write write = (Step.Write) step.get();
                came.add(write.batch().start(0) / CellBatch.OCTETS + ":"
                        + write.frames().size());
            }
            assertThat(ahead.next()).isEmpty();
        }
        assertThat(came)
                .containsExactlyInAnyOrder(
                        "0:8", "1:8", "2:8", "3:8", "4:0", "5:8", "6:8", "7:8", "8:8", "9:8", "10:8", "11:8");
    }

    private void theNetworkSetsThePace() {
        stages.network.since(System.nanoTime() - 1_000_000_000L);
    }

    @Test
    void eachBatchComesOnceToManyThreadsWhoeverSetsThePace() throws Exception {
        List<String> came = Collections.synchronizedList(new ArrayList<>());
        try (FetchAhead ahead = ahead(FetchAheadTest::frames, 3)) {
            Workers.run(4, "test", ahead, () -> new Workers.Worker<>() {
                @Override
                public void work(Step step) {
                    came.add("" + step.batch().start(0) / CellBatch.OCTETS);
                    if (came.size() % 2 == 0) {
                        theNetworkSetsThePace();
                    } else {
                        stages.unpack.since(System.nanoTime() - 20_000_000_000L);
                    }
                }

                @Override
                public void close() {
                    // nothing is held
                }
            });
        }
        assertThat(came).containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
    }

    @Test
    void noMoreIsFetchedThanThereIsRoomForUntilSomeOfItIsTaken() throws IOException, InterruptedException {
        theNetworkSetsThePace();
        Semaphore asked = new Semaphore(0);
        ChunkSource counting = ids -> {
            asked.release();
            return frames(ids);
        };
        try (FetchAhead ahead = ahead(counting, 2)) {
            asked.acquire(3);
            assertThat(asked.availablePermits()).isZero();
            assertThat(ahead.next()).isPresent();
            asked.acquire(1);
            assertThat(asked.availablePermits()).isZero();
        }
    }

    /** While the disk is erased, say. */
    @Test
    void withAHeadStartItFetchesWhatThereIsRoomForUntilSomethingIsTaken() throws IOException, InterruptedException {
        stages.unpack.since(System.nanoTime() - 100_000_000_000L);
        Semaphore asked = new Semaphore(0);
        List<String> by = Collections.synchronizedList(new ArrayList<>());
        ChunkSource counting = ids -> {
            by.add(Thread.currentThread().getName());
            asked.release();
            return frames(ids);
        };
        try (FetchAhead ahead = ahead(counting, 2).withHeadStart()) {
            asked.acquire(3);
            assertThat(by).hasSize(3);
            for (int i = 0; i < 4; i++) {
                assertThat(ahead.next()).isPresent();
            }
        }
        assertThat(by.subList(3, by.size())).containsOnly(Thread.currentThread().getName());
    }

    @Test
    void whereProcessorOrDiskSetThePaceWhoWritesFetches() throws IOException {
        stages.unpack.since(
                System.nanoTime() - 100_000_000_000L); // beside which a busy host's loading of a class is nothing
        List<String> by = Collections.synchronizedList(new ArrayList<>());
        ChunkSource counting = ids -> {
            by.add(Thread.currentThread().getName());
            return frames(ids);
        };
        try (FetchAhead ahead = ahead(counting, 2)) {
            assertThat(ahead.next()).isPresent();
            assertThat(ahead.next()).isPresent();
        }
        String own = Thread.currentThread().getName();
        assertThat(by).containsExactly(own, own);
    }

    /** TLS at ten gigabits a second, say. */
    @Test
    void whoeverComputesWhileItFetchesDoesNotWaitForTheNetwork() throws IOException {
        ChunkSource computing = ids -> {
            long begun = System.nanoTime();
            while (System.nanoTime() - begun < 200_000_000) {
                Thread.onSpinWait();
            }
            return frames(ids);
        };
        stages.unpack.since(System.nanoTime() - 1_200_000_000);
        try (FetchAhead ahead = ahead(computing, 1)) {
            assertThat(ahead.next()).isPresent();
            assertThat(stages.waitForTheNetwork()).isFalse();
        }
    }

    /** One of two that wait is served, and fails with its disk; the other one does not wait for ever. */
    @Test
    void whoWaitsForTheNetworkIsServedThoughItNoLongerSetsThePace() throws Exception {
        theNetworkSetsThePace();
        CountDownLatch goOn = new CountDownLatch(1);
        ChunkSource held = ids -> {
            await(goOn);
            return frames(ids);
        };
        try (FetchAhead ahead = ahead(held, 1)) {
            List<Thread> waiting = new ArrayList<>();
            List<Optional<Step>> served = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 2; i++) {
                Thread thread = Thread.ofPlatform().start(() -> served.add(nextOf(ahead)));
                waiting.add(thread);
                while (thread.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
            }
            stages.unpack.since(System.nanoTime() - 100_000_000_000L);
            goOn.countDown();
            for (Thread thread : waiting) {
                thread.join();
            }
            assertThat(served).hasSize(2).allMatch(Optional::isPresent);
        }
    }

    private static Optional<Step> nextOf(FetchAhead ahead) {
        try {
            return ahead.next();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }

    @Test
    void whatStopsTheFetchingIsThrownToWhoeverWaits() {
        theNetworkSetsThePace();
        ChunkSource broken = ids -> {
            throw new IOException("the server is gone");
        };
        try (FetchAhead ahead = ahead(broken, 2)) {
            assertThatThrownBy(ahead::next).isInstanceOf(IOException.class).hasMessage("the server is gone");
            assertThatThrownBy(ahead::next).isInstanceOf(IOException.class).hasMessage("the server is gone");
        }
    }

    /** It is on the disk then, and need not be fetched again. */
    @Test
    void whatCameBeforeAFailureIsHandedOutFirst() throws IOException {
        theNetworkSetsThePace();
        CountDownLatch another = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        ChunkSource breaking = ids -> {
            if (asked.incrementAndGet() == 1) {
                await(another); // still under way when the other thread fails
                return frames(ids);
            }
            another.countDown();
            throw new IOException("the server is gone");
        };
        try (FetchAhead ahead = ahead(breaking, 2)) {
            assertThat(ahead.next()).isPresent();
            assertThatThrownBy(ahead::next).isInstanceOf(IOException.class).hasMessage("the server is gone");
        }
    }

    @Test
    void whatStopsAThreadThatFetchesForItselfIsThrownToAll() {
        stages.unpack.since(System.nanoTime() - 1_000_000_000L);
        ChunkSource broken = ids -> {
            throw new IOException("the server is gone");
        };
        try (FetchAhead ahead = ahead(broken, 2)) {
            assertThatThrownBy(ahead::next).isInstanceOf(IOException.class).hasMessage("the server is gone");
            assertThatThrownBy(ahead::next).isInstanceOf(IOException.class).hasMessage("the server is gone");
        }
    }

    /** A PC without memory: the thread that writes says so, and the restore does not wait for ever. */
    @Test
    void anErrorIsThrownAsOne() {
        theNetworkSetsThePace();
        ChunkSource full = ids -> {
            throw new OutOfMemoryError("Java heap space");
        };
        try (FetchAhead ahead = ahead(full, 1)) {
            assertThatThrownBy(ahead::next).isInstanceOf(OutOfMemoryError.class);
        }
    }

    @Test
    void closingWaitsForWhatIsUnderWayAndAsksForNothingMore() throws InterruptedException {
        theNetworkSetsThePace();
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Integer> asked = new ArrayList<>();
        ChunkSource slow = ids -> {
            asked.add(ids.size());
            underWay.countDown();
            await(goOn);
            return frames(ids);
        };
        FetchAhead ahead = ahead(slow, 1);
        underWay.await();
        Thread closing = Thread.ofPlatform().start(ahead::close);
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        closing.join();
        assertThat(asked).containsExactly(CellBatch.OCTETS / Chunk.SIZE);
    }
}
