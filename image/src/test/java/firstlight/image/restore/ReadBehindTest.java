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
import java.util.concurrent.atomic.AtomicInteger;
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

    @Test
    void aBatchIsDueOnceAFlushAndEnoughOctetsCameAfterIt() throws IOException {
        Path file = folder.resolve("disk");
        try (RandomAccessFile empty = new RandomAccessFile(file.toFile(), "rw")) {
            empty.setLength((long) BATCHES * BATCH);
        }
        AtomicInteger flushes = new AtomicInteger();
        try (Disk disk = new CountingFlushes(DiskFile.open(file, 512, Access.READ_WRITE), flushes)) {
            CellCursor cursor = new CellCursor(List.of(new CellRange(
                    disk, "p1", 0, (long) BATCHES * BATCH, Extents.of(0, (long) BATCHES * BATCH), Chunk.SIZE)));
            ReadBehind behind = new ReadBehind(2L * BATCH);
            List<String> due = new ArrayList<>();
            for (int i = 1; i <= BATCHES; i++) {
                CellBatch written = cursor.next().orElseThrow();
                String what = behind.next(written)
                        .map(batch -> "batch " + batch.start(0) / BATCH)
                        .orElse("nothing");
                due.add(what + ", " + flushes + " flushes");
            }
            assertThat(due)
                    .containsExactly(
                            "nothing, 0 flushes",
                            "nothing, 1 flushes",
                            "batch 0, 1 flushes",
                            "batch 1, 2 flushes",
                            "batch 2, 2 flushes",
                            "batch 3, 3 flushes",
                            "batch 4, 3 flushes",
                            "batch 5, 4 flushes");
        }
    }
}
