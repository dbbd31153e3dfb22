package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.chunk.Chunk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.manifest.Region;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures of disks that cannot be read everywhere. */
class UnreadableTest {
    private static final int SECTOR = 512;
    private static final CaptureOptions ZERO = CaptureOptions.USUAL.with(IfUnreadable.ZERO);

    @TempDir
    Path folder;

    private Lab lab;
    private ImageStore store;
    private Path source;

    @BeforeEach
    void aDiskWithFatAndRawPartitions() throws IOException {
        lab = new Lab(folder);
        store = DiskStore.open(folder.resolve("store"));
        source = lab.disk("source", "64M");
        Shell.run("""
                cd '%1$s'
                sgdisk -n 1:2048:+40M -t 1:0700 -n 2:0:+10M source >/dev/null
                mkfs.vfat -F 16 --offset 2048 source 40960 >/dev/null
                head -c 3000000 /dev/urandom > noise; mcopy -i source@@1M noise ::
                head -c 8000 noise > a; cp a b; cp a c; mcopy -i source@@1M a b c ::; mdel -i source@@1M ::b
                head -c 10M /dev/urandom | dd of=source bs=1M seek=41 conv=notrunc status=none
                """.formatted(folder));
    }

    @AfterEach
    void closeTheStore() throws IOException {
        store.close();
    }

    private Manifest capture(CaptureOptions options, DiskOver disk) throws IOException {
        try (disk) {
            List<Disk> disks = List.of(disk);
            return new Capture(store.sink(), 2, "test")
                    .capture(Capture.plan(disks, options, Progress.SILENT), Progress.SILENT)
                    .manifest();
        }
    }

    private BadSectors bad(long... sectors) throws IOException {
        return new BadSectors(
                DiskFile.open(source, SECTOR, Access.READ),
                LongStream.of(sectors).boxed().toList());
    }

    private static long sector(long mebibytes) {
        return (mebibytes << 20) / SECTOR;
    }

    @Test
    void stopsAtOneAndNamesDiskPartitionAndSector() {
        assertThatThrownBy(() -> capture(CaptureOptions.USUAL, bad(sector(45) + 3)))
                .isInstanceOfSatisfying(DiskFailure.class, failure -> {
                    assertThat(failure.what()).isEqualTo("The disk " + source + " has unreadable sectors");
                    assertThat(failure.cause())
                            .isEqualTo("partition 2 of %s: 1 sector of the disk (%d, from offset %d on) cannot be read"
                                            .formatted(source, sector(45) + 3, (45L << 20) + 3 * SECTOR)
                                    + " (medium error)");
                    assertThat(failure.cure()).contains("--if-unreadable zero");
                });
    }

    @Test
    void zerosTakeThePlaceOfTheSectorsThatCannotBeReadAndOfNoOthers() throws IOException {
        long bad = sector(45) + 3;
        Manifest manifest = capture(ZERO, bad(bad, bad + 1, sector(48)));

        assertThat(manifest.disks().getFirst().unreadable())
                .containsExactly(new Place(bad * SECTOR, 2 * SECTOR), new Place(48L << 20, SECTOR));
        assertThat(manifest.lost()).startsWith("3 sectors of its source could not be read");
        assertThat(manifest.notes())
                .contains("partition 2 of %s: 3 sectors of the disk (%d-%d, %d, from offset %d on) could not be read; "
                                .formatted(source, bad, bad + 1, sector(48), bad * SECTOR)
                        + "zeros are in their place in this image (medium error)");
        assertThat(ManifestCodec.decode(ManifestCodec.encode(manifest))).isEqualTo(manifest);

        Path target = lab.disk("target", "64M");
        try (Disk disk = DiskFile.open(target, SECTOR, Access.READ_WRITE)) {
            new Restore(store.source(), 2).restore(manifest, List.of(disk), Progress.SILENT);
        }
        Shell.run("""
                dd if=/dev/zero of='%1$s' bs=512 seek=%2$d count=2 conv=notrunc status=none
                dd if=/dev/zero of='%1$s' bs=512 seek=%3$d count=1 conv=notrunc status=none
                cmp -i 41M -n 10M '%1$s' '%4$s'
                """.formatted(source, bad, sector(48), target));
    }

    @Test
    void aSectorInFreeSpaceIsMissedByNobody() throws IOException {
        Manifest whole = capture(CaptureOptions.USUAL, bad());
        Region fat = whole.disks().getFirst().regions().stream()
                .filter(region -> region.partition() == 1)
                .findFirst()
                .orElseThrow();
        Extents used = ((Content.Blocks) fat.content()).used();
        // Two files with a hole between them in one cell: it is read in one go.
        assertThat(used.count()).isGreaterThan(1);
        assertThat(used.end(0) / Chunk.SIZE).isEqualTo(used.start(1) / Chunk.SIZE);
        Manifest manifest = capture(CaptureOptions.USUAL, bad((fat.start() + used.end(0)) / SECTOR));
        assertThat(manifest.disks()).isEqualTo(whole.disks());
        assertThat(manifest.lost()).isEmpty();
    }

    @Test
    void aMapWithAHoleIsNotBelieved() throws IOException {
        long table = sector(1) + 4; // reserved sectors, then the first allocation table
        Manifest manifest = capture(ZERO, bad(table));
        assertThat(manifest.notes())
                .anySatisfy(note ->
                        assertThat(note).contains("is taken whole: sectors that tell what is in use cannot be read"));
        assertThat(manifest.disks().getFirst().unreadable()).containsExactly(new Place(table * SECTOR, SECTOR));
    }

    @Test
    void anUnreadablePartitionTableEndsItWhateverTheChoice() {
        assertThatThrownBy(() -> capture(ZERO, bad(0))).isInstanceOf(DiskFailure.class);
    }

    @Test
    void aDiskThatGoesAwayIsNotTakenAsZeros() throws IOException {
        AtomicBoolean gone = new AtomicBoolean();
        Disk there = DiskFile.open(source, SECTOR, Access.READ);
        record Going(Disk disk, AtomicBoolean gone) implements DiskOver {
            @Override
            public void read(long offset, ByteBuffer into) throws IOException {
                if (gone.get() || (offset > 45 << 20 && offset < 50 << 20)) {
                    gone.set(true);
                    throw new DiskFailure(name(), name() + " cannot be read at offset " + offset, "it is gone", "");
                }
                disk.read(offset, into);
            }

            @Override
            public void readBack(long offset, ByteBuffer into) throws IOException {
                read(offset, into);
            }
        }
        assertThatThrownBy(() -> capture(ZERO, new Going(there, gone)))
                .isInstanceOf(DiskFailure.class)
                .hasMessageContaining("it is gone");
    }

    @Test
    void aDiskThatLostALargePartIsGivenUp() {
        long[] many = LongStream.range(sector(41), sector(50)).toArray();
        assertThatThrownBy(() -> capture(ZERO, bad(many)))
                .isInstanceOf(DiskFailure.class)
                .hasMessageContaining("more than 8192 KiB cannot be read");
    }

    /** Its table lies behind the disk's end: that is no bad sector. */
    @Test
    void aFatOnADiskThatIsTooShortForItIsTakenWholeWhateverTheChoice() throws IOException {
        Shell.run("rm '%1$s'; truncate -s 300M '%1$s'; mkfs.vfat -F 32 -s 1 '%1$s' >/dev/null; truncate -s 1M '%1$s'"
                .formatted(source));
        for (CaptureOptions options : List.of(CaptureOptions.USUAL, ZERO)) {
            Manifest manifest = capture(options, bad());
            assertThat(manifest.notes())
                    .singleElement()
                    .asString()
                    .contains("(vfat) is taken whole", "octets longer than the partition");
            assertThat(manifest.lost()).isEmpty();
        }
    }
}
