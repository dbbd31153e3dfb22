package firstlight.image.restore;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.chunk.Chunk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.extents.Extents;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellCursor;
import firstlight.image.work.CellRange;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadBehindTest {
    private static final int BATCH = CellBatch.OCTETS;
    private static final int BATCHES = 8;

    @TempDir
    Path folder;

    private record CountingFlushes(Disk disk, AtomicInteger flushes) implements DiskOver {
        @Override
        public void flush() throws IOException {
            flushes.incrementAndGet();
            disk.flush();
        }
    }

    private final AtomicInteger flushes = new AtomicInteger();
    private Disk disk;
    private CellCursor cursor;

    @BeforeEach
    void aDiskOfEightBatches() throws IOException {
        Path file = folder.resolve("disk");
        long length = (long) BATCHES * BATCH;
        try (RandomAccessFile empty = new RandomAccessFile(file.toFile(), "rw")) {
            empty.setLength(length);
        }
        disk = new CountingFlushes(DiskFile.open(file, 512, Access.READ_WRITE), flushes);
        cursor = new CellCursor(List.of(new CellRange(disk, "p1", 0, length, Extents.of(0, length), Chunk.SIZE)));
    }

    @AfterEach
    void closeTheDisk() throws IOException {
        disk.close();
    }

    private static String words(Optional<CellBatch> due) {
        return due.map(batch -> "batch " + batch.start(0) / BATCH).orElse("nothing");
    }

    @Test
    void aBatchIsDueOnceAFlushAndEnoughOctetsCameAfterIt() throws IOException {
        ReadBehind behind = new ReadBehind(2L * BATCH, 1);
        List<String> due = new ArrayList<>();
        for (int i = 1; i <= BATCHES; i++) {
            behind.written(cursor.next().orElseThrow());
            Optional<CellBatch> one = behind.due();
            one.ifPresent(batch -> behind.wasRead());
            due.add(words(one) + ", " + flushes + " flushes");
        }
        assertThat(due)
                .containsExactly(
                        "nothing, 0 flushes",
                        "nothing, 1 flushes",
                        "batch 0, 1 flushes",
                        "batch 1, 1 flushes",
                        "batch 2, 2 flushes",
                        "batch 3, 2 flushes",
                        "batch 4, 2 flushes",
                        "batch 5, 3 flushes");
    }

    /** The others write: a disk that reads and writes at once does both. */
    @Test
    void noMoreThreadsReadThanMay() throws IOException {
        ReadBehind behind = new ReadBehind(2L * BATCH, 2);
        List<String> due = new ArrayList<>();
        for (int i = 1; i <= BATCHES; i++) {
            behind.written(cursor.next().orElseThrow());
            due.add(words(behind.due()));
        }
        behind.wasRead();
        due.add(words(behind.due()));
        due.add(words(behind.due()));
        assertThat(due)
                .containsExactly(
                        "nothing", "nothing", "batch 0", "batch 1", "nothing", "nothing", "nothing", "nothing",
                        "batch 2", "nothing");
    }
}
