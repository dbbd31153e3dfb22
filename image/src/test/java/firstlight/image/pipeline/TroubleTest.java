package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks of raw data, and what can go wrong with them. No file system, so no root and no device nodes. */
class TroubleTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private Lab lab;
    private ImageStore store;
    private Path source;

    @BeforeEach
    void aDiskWithTwoPartitions() throws IOException {
        lab = new Lab(folder);
        store = DiskStore.open(folder.resolve("store"));
        source = lab.disk("source", "64M");
        Shell.run("""
                sgdisk -n 1:2048:+20M -n 2:0:+30M '%1$s' >/dev/null
                head -c 15M /dev/urandom | dd of='%1$s' bs=1M seek=1 conv=notrunc status=none
                head -c 5M /dev/urandom | dd of='%1$s' bs=1M seek=40 conv=notrunc status=none
                """.formatted(source));
    }

    @AfterEach
    void closeTheStore() throws IOException {
        store.close();
    }

    private Capture.Captured capture(Path file) throws IOException {
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            return new Capture(store.sink(), 2, "test").capture(List.of(disk), Progress.SILENT);
        }
    }

    private static RestoreSummary restore(Manifest manifest, ChunkSource chunks, Path file) throws IOException {
        try (Disk disk = DiskFile.open(file, 512, Access.READ_WRITE)) {
            return new Restore(chunks, 2).restore(manifest, List.of(disk), Progress.SILENT);
        }
    }

    private Path used(String name, String size) throws IOException {
        Path file = lab.disk(name, size);
        Shell.run("head -c %s /dev/urandom > '%s'".formatted(size, file));
        return file;
    }

    private static void assertHasNoTable(Path file) throws IOException {
        assertHasNoTable(file, "the restore of this disk was not finished");
    }

    static void assertHasNoTable(Path file, String shown) throws IOException {
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            assertThat(PartitionTable.read(disk).sectors()).isEqualTo(TableSectors.NONE);
            ByteBuffer first = ByteBuffer.allocate(512);
            disk.read(0, first);
            assertThat(new String(first.array(), StandardCharsets.ISO_8859_1))
                    .as("what a BIOS shows")
                    .contains(shown);
        }
    }

    @Test
    void whatIsTooLargeForAnImageIsToldBeforeItIsRead() throws IOException {
        Path large = lab.disk("large", "16380G"); // a file of ext4 may have 16 TiB
        Shell.run("sgdisk -n 1:2048:+16200G '%1$s' >/dev/null".formatted(large));
        Shell.run("head -c 1M /dev/urandom | dd of='%1$s' bs=1M seek=1 conv=notrunc status=none".formatted(large));
        assertThatThrownBy(() -> capture(large))
                .isInstanceOf(ImageFailure.class)
                .hasMessageStartingWith("The disk holds more than one image can: 17.4 TB are in use");
    }

    @Test
    void rawPartitionsComeBackOctetForOctetOverOldData() throws IOException {
        Path target = used("target", "64M");
        RestoreSummary summary = restore(capture(source).manifest(), store.source(), target);
        assertThat(summary.verified()).isTrue();
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    @Test
    void onALargerDiskTheTableSpansItAndOnATooSmallOneNothingIsTouched() throws IOException {
        Manifest manifest = capture(source).manifest();
        Path larger = used("larger", "80M");
        restore(manifest, store.source(), larger);
        assertThat(Shell.run("sgdisk --verify '%s'".formatted(larger))).contains("No problems found");
        Shell.run("cmp -i 1M -n 62M '%s' '%s'".formatted(source, larger));

        Path fits = used("fits", "%d".formatted(51 * MIB + 33 * 512));
        restore(manifest, store.source(), fits);
        assertThat(Shell.run("sgdisk --verify '%s'".formatted(fits))).contains("No problems found");

        Path small = used("small", "%d".formatted(51 * MIB + 32 * 512));
        String before = Lab.sha256(small);
        assertThatThrownBy(() -> restore(manifest, store.source(), small))
                .isInstanceOfSatisfying(
                        ImageFailure.class,
                        failure -> assertThat(failure.cause()).contains("512 octets too few"));
        assertThat(Lab.sha256(small)).isEqualTo(before);
    }

    @Test
    void aFlippedBitOnTheWayIsDetectedAndTheDiskIsLeftWithoutATable() throws IOException {
        Manifest manifest = capture(source).manifest();
        Path target = used("target", "64M");
        ChunkSource flipping = ids -> {
            List<byte[]> frames = store.source().get(ids);
            frames.getLast()[100] ^= 2;
            return frames;
        };
        assertThatThrownBy(() -> restore(manifest, flipping, target)).isInstanceOf(DamagedChunk.class);
        assertHasNoTable(target);
    }

    @Test
    void aBitThatTheDiskFlipsIsFoundByReadingBackAndTheDiskIsLeftWithoutATable() throws IOException {
        Manifest manifest = capture(source).manifest();
        Path target = used("target", "64M");
        try (Disk disk = new FaultyDisk(DiskFile.open(target, 512, Access.READ_WRITE), 5 * MIB + 17)) {
            assertThatThrownBy(() -> new Restore(store.source(), 2).restore(manifest, List.of(disk), Progress.SILENT))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("partition 1")
                    .hasMessageContaining("reads back differently");
        }
        assertHasNoTable(target, "this disk failed while it was being restored");
    }

    @Test
    void aCancelledRestoreLeavesADiskWithoutATableAndTheNextOneGoesOnFromThere() throws IOException {
        Manifest manifest = capture(source).manifest();
        Path target = used("target", "64M");
        Progress cancel = (phase, done, total) -> {
            if (phase == Progress.Phase.VERIFYING) {
                throw new IOException("cancelled");
            }
        };
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            assertThatThrownBy(() -> new Restore(store.source(), 2).restore(manifest, List.of(disk), cancel))
                    .hasMessage("cancelled");
        }
        assertHasNoTable(target);
        RestoreSummary again = restore(manifest, store.source(), target);
        assertThat(again.verified()).isTrue();
        assertThat(again.fetchedBytes()).isLessThan(MIB);
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    @Test
    void onlyWhatDiffersIsStoredAndFetchedAgain() throws IOException {
        Manifest first = capture(source).manifest();
        Path target = used("target", "64M");
        restore(first, store.source(), target);
        Shell.run("head -c 300000 /dev/urandom | dd of='%s' bs=1M seek=9 conv=notrunc status=none".formatted(source));
        Capture.Captured second = capture(source);
        assertThat(second.summary().newBytes()).isEqualTo(2L * 256 * 1024);
        RestoreSummary delta = restore(second.manifest(), store.source(), target);
        assertThat(delta.fetchedBytes()).isLessThan(MIB);
        assertThat(delta.verified()).isTrue();
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    @Test
    void whatThePcWroteSinceAndTheImageDoesNotUseIsGivenBackToTheDisk() throws IOException {
        Shell.run("""
                cd '%1$s'; rm source; truncate -s 64M source
                sgdisk -n 1:2048:+40M -t 1:0700 source >/dev/null
                mkfs.vfat -F 16 --offset 2048 source 40960 >/dev/null
                head -c 3000000 /dev/urandom > noise; mcopy -i source@@1M noise ::
                """.formatted(folder));
        Path target = used("target", "64M");
        restore(capture(source).manifest(), store.source(), target);
        // In the file system's free space, and behind its partition.
        Shell.run("head -c 8M /dev/urandom | dd of='%s' bs=1M seek=20 conv=notrunc status=none".formatted(target));
        Shell.run("head -c 8M /dev/urandom | dd of='%s' bs=1M seek=50 conv=notrunc status=none".formatted(target));
        Shell.run("cd '%s'; date > more; mcopy -i source@@1M more ::".formatted(folder));

        RestoreSummary delta = restore(capture(source).manifest(), store.source(), target);

        assertThat(delta.fetchedBytes()).as("it was a delta").isLessThan(MIB);
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    @Test
    void aDiskOfOtherSectorsIsRefused() throws IOException {
        Manifest manifest = capture(source).manifest();
        Path target = used("target", "64M");
        try (Disk disk = DiskFile.open(target, 4096, Access.READ_WRITE)) {
            assertThatThrownBy(() -> new Restore(store.source(), 2).restore(manifest, List.of(disk), Progress.SILENT))
                    .hasMessageContaining("sectors of 512 octets, this one has 4096");
        }
    }

    /** To trim takes a large one seconds or minutes, and what is trimmed may read as it did before. */
    @Test
    void whatIsCutOffWhileItsDiskIsTrimmedStartsNothing() throws IOException {
        Manifest manifest = capture(source).manifest();
        Path target = used("target", "64M");
        Shell.run("dd if='%s' of='%s' bs=512 count=34 conv=notrunc status=none".formatted(source, target));
        try (Disk disk = new CutOff(DiskFile.open(target, 512, Access.READ_WRITE))) {
            assertThatThrownBy(() -> new Restore(store.source(), 2).restore(manifest, List.of(disk), Progress.SILENT))
                    .hasMessage("cut off");
        }
        assertHasNoTable(target);

        Shell.run("dd if='%s' of='%s' bs=512 count=34 conv=notrunc status=none".formatted(source, target));
        Wishes first = new Wishes(Set.of(1), Wishes.AS_IT_WAS.grow());
        try (Disk disk = new CutOff(DiskFile.open(target, 512, Access.READ_WRITE))) {
            assertThatThrownBy(() -> new Restore(store.source(), 2)
                            .restore(manifest, List.of(disk), first, Progress.SILENT, _ -> {}))
                    .hasMessage("cut off");
        }
        Shell.run("cmp -i 1M:0 -n 256K '%s' /dev/zero".formatted(target));
    }

    private record CutOff(Disk disk) implements DiskOver {
        @Override
        public void discard(long offset, long length) throws IOException {
            throw new IOException("cut off");
        }
    }

    /** The second disk's may be the PC's own data. */
    @Test
    void aChosenPartitionThatTwoDisksHaveIsRefused() throws IOException {
        Path other = lab.disk("other", "40M");
        Shell.run("sgdisk -n 1:2048:+20M '%s' >/dev/null".formatted(other));
        Manifest manifest;
        try (Disk one = DiskFile.open(source, 512, Access.READ);
                Disk two = DiskFile.open(other, 512, Access.READ)) {
            manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(one, two), Progress.SILENT)
                    .manifest();
        }
        Shell.run("head -c 20M /dev/urandom | dd of='%s' bs=1M seek=1 conv=notrunc status=none".formatted(other));
        String before = Lab.sha256(other);
        try (Disk one = DiskFile.open(source, 512, Access.READ_WRITE);
                Disk two = DiskFile.open(other, 512, Access.READ_WRITE)) {
            Restore restore = new Restore(store.source(), 2);
            List<Disk> disks = List.of(one, two);
            Wishes first = new Wishes(Set.of(1), Wishes.AS_IT_WAS.grow());
            assertThatThrownBy(() -> restore.restore(manifest, disks, first, Progress.SILENT, _ -> {}))
                    .hasMessageContaining("2 disks of the image have one (64 MiB, 40 MiB)");
            Wishes second = new Wishes(Set.of(2), Wishes.AS_IT_WAS.grow());
            assertThat(restore.restore(manifest, disks, second, Progress.SILENT, _ -> {})
                            .verified())
                    .as("which the first has alone")
                    .isTrue();
        }
        assertThat(Lab.sha256(other)).isEqualTo(before);
    }

    @Test
    void severalDisksAreOneImage() throws IOException {
        Path other = used("other", "5M");
        Manifest manifest;
        try (Disk one = DiskFile.open(source, 512, Access.READ);
                Disk two = DiskFile.open(other, 512, Access.READ)) {
            manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(one, two), Progress.SILENT)
                    .manifest();
        }
        Path first = used("first", "64M");
        Path second = used("second", "6M");
        try (Disk one = DiskFile.open(first, 512, Access.READ_WRITE);
                Disk two = DiskFile.open(second, 512, Access.READ_WRITE)) {
            new Restore(store.source(), 2).restore(manifest, List.of(one, two), Progress.SILENT);
        }
        Shell.run("cmp '%s' '%s'; cmp -n 5M '%s' '%s'".formatted(source, first, other, second));
    }
}
