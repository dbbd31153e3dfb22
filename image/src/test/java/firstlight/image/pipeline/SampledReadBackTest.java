package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.Region;
import firstlight.image.restore.ReadBack;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who wants it reads back some of what a restore wrote, and is told how much. */
class SampledReadBackTest {
    private static final long MIB = 1 << 20;
    private static final int DATA = 100; // MiB: 400 chunks

    @TempDir
    static Path folder;

    private static ImageStore store;
    private static NoiseDisk source;
    private Path target;

    @BeforeAll
    static void anImageOfMoreChunksThanTheSample() throws IOException {
        store = DiskStore.open(folder.resolve("store"));
        source = NoiseDisk.captured(folder, DATA, DATA + 1, store);
    }

    @BeforeEach
    void aBlankDisk() throws IOException {
        target = NoiseDisk.blank(folder, "target", DATA);
    }

    @AfterAll
    static void closeTheStore() throws IOException {
        store.close();
    }

    private record Counting(Disk disk, AtomicLong read) implements DiskOver {
        @Override
        public void readBack(long offset, ByteBuffer into) throws IOException {
            read.addAndGet(into.remaining());
            disk.readBack(offset, into);
        }
    }

    private Disk open() throws IOException {
        return DiskFile.open(target, 512, Access.READ_WRITE);
    }

    private static RestoreSummary restore(Disk disk) throws IOException {
        return new Restore(store.source(), 2)
                .reading(ReadBack.SAMPLED)
                .restore(source.image(), List.of(disk), Progress.SILENT);
    }

    @Test
    void someIsReadBackAndTheResultSaysHowMuchAndNeverVerified() throws IOException {
        try (Counting disk = new Counting(open(), new AtomicLong())) {
            RestoreSummary done = restore(disk);
            RestoreSummary.Sampled some = done.sampled().orElseThrow();
            assertThat(some.written()).isGreaterThanOrEqualTo(4L * DATA);
            assertThat(some.read()).isBetween(256L, 260L);
            assertThat(disk.read().get()).isLessThan(done.usedBytes() * 4 / 5);
            assertThat(done.verified()).isFalse();
            assertThat(done.complete()).isTrue();
            assertThat(done.readBack())
                    .isEqualTo(done.usedBytes() / MIB + " MiB laid down, " + some.read() + " of " + some.written()
                            + " chunks that were written read back (sampled)");
        }
        Shell.run("cmp '%s' '%s'".formatted(source.file(), target));
    }

    @Test
    void whatWasThereBeforeIsComparedAndNotCounted() throws IOException {
        Shell.run("cp '%1$s' '%2$s'; head -c 10M /dev/urandom | dd of='%2$s' bs=1M seek=51 conv=notrunc status=none"
                .formatted(source.file(), target));
        try (Disk disk = open()) {
            assertThat(restore(disk).sampled()).contains(new RestoreSummary.Sampled(40, 40));
        }
        Shell.run("cmp '%s' '%s'".formatted(source.file(), target));
    }

    @Test
    void aPartitionsFirstAndLastChunkBelongToIt() throws IOException {
        Region partition = source.image().disks().getFirst().regions().stream()
                .filter(region -> region.partition() == 1)
                .findFirst()
                .orElseThrow();
        for (long offset : List.of(partition.start() + 5, partition.start() + partition.length() - 5)) {
            aBlankDisk();
            try (Disk disk = new FaultyDisk(open(), offset)) {
                assertThatThrownBy(() -> restore(disk))
                        .isInstanceOf(DiskFailure.class)
                        .hasMessageContaining("reads back differently");
            }
            TroubleTest.assertHasNoTable(target, "this disk failed while it was being restored");
        }
    }

    @Test
    void theWordIsFullOrSampledAndFullWithoutOne() {
        assertThat(ReadBack.of(Map.of())).isEqualTo(ReadBack.FULL);
        assertThat(ReadBack.of(Map.of("verify", "sampled"))).isEqualTo(ReadBack.SAMPLED);
        assertThatThrownBy(() -> ReadBack.of("none")).hasMessage("verify is full or sampled, not 'none'");
    }
}
