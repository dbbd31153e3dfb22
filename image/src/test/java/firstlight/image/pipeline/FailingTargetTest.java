package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores onto disks that do not take what is written to them. */
class FailingTargetTest {
    private static final long MIB = 1 << 20;
    private static final String FAILED = "this disk failed while it was being restored";

    @TempDir
    Path folder;

    private ImageStore store;
    private Manifest manifest;
    private Path target;

    @BeforeEach
    void anImageOfRandomDataAndAUsedDisk() throws IOException {
        Lab lab = new Lab(folder);
        store = DiskStore.open(folder.resolve("store"));
        Path source = lab.disk("source", "32M");
        Shell.run("""
                sgdisk -n 1:2048:+20M '%1$s' >/dev/null
                head -c 20M /dev/urandom | dd of='%1$s' bs=1M seek=1 conv=notrunc status=none
                """.formatted(source));
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
        }
        target = lab.disk("target", "32M");
        Shell.run("cp '%s' '%s'; head -c 9M /dev/urandom | dd of='%2$s' bs=1M seek=1 conv=notrunc status=none"
                .formatted(source, target));
    }

    @AfterEach
    void closeTheStore() throws IOException {
        store.close();
    }

    private DiskFailure restore(DiskOver disk) throws IOException {
        try (disk) {
            List<Disk> disks = List.of(disk);
            DiskFailure[] failure = new DiskFailure[1];
            assertThatThrownBy(() -> new Restore(store.source(), 2).restore(manifest, disks, Progress.SILENT))
                    .isInstanceOfSatisfying(DiskFailure.class, thrown -> failure[0] = thrown);
            assertThat(failure[0].disk()).isEqualTo(disk.name());
            return failure[0];
        }
    }

    private Disk open() throws IOException {
        return DiskFile.open(target, 512, Access.READ_WRITE);
    }

    /** Refuses what reaches behind {@code from}, as one does whose end is not where it says. */
    private record Refusing(Disk disk, long from) implements DiskOver {
        @Override
        public void write(long offset, ByteBuffer octets) throws IOException {
            if (offset + octets.remaining() > from && offset < from + 4 * MIB) {
                throw new DiskFailure(name(), name() + " cannot be written at offset " + offset, "errno 5", "");
            }
            disk.write(offset, octets);
        }
    }

    @Test
    void aDiskThatRefusesAWriteIsNamedWithThePlaceAndStartsNothing() throws IOException {
        DiskFailure failure = restore(new Refusing(open(), 7 * MIB));
        assertThat(failure.what()).startsWith(target + " cannot be written at offset ");
        TroubleTest.assertHasNoTable(target, FAILED);
    }

    /** A counterfeit one: what lies behind its real end comes back to its beginning. */
    private record Wrapped(Disk disk, long real) implements DiskOver {
        @Override
        public void write(long offset, ByteBuffer octets) throws IOException {
            disk.write(offset >= real ? offset % real + MIB : offset, octets);
        }
    }

    @Test
    void aDiskThatIsSmallerThanItSaysAndTakesEverythingIsFoundByReadingBack() throws IOException {
        assertThat(restore(new Wrapped(open(), 12 * MIB)).cause()).contains("reads back differently");
        TroubleTest.assertHasNoTable(target, FAILED);
    }

    /** From one moment on it is not there. */
    private record Gone(Disk disk, AtomicBoolean gone) implements DiskOver {
        private void there(long offset) throws IOException {
            if (gone.get()) {
                throw new DiskFailure(name(), name() + " cannot be used at offset " + offset, "it is gone", "");
            }
        }

        @Override
        public void write(long offset, ByteBuffer octets) throws IOException {
            gone.compareAndSet(false, offset > 5 * MIB);
            there(offset);
            disk.write(offset, octets);
        }

        @Override
        public void readBack(long offset, ByteBuffer into) throws IOException {
            there(offset);
            disk.readBack(offset, into);
        }
    }

    @Test
    void aDiskThatIsPulledOutInTheMiddleIsToldOnceAndWithItsFirstReason() throws IOException {
        DiskFailure failure = restore(new Gone(open(), new AtomicBoolean()));
        assertThat(failure.cause()).isEqualTo("it is gone");
        assertThat(failure.getSuppressed())
                .as("the notice could not be written")
                .hasSize(1);
        TroubleTest.assertHasNoTable(target, "the restore of this disk was not finished");
    }

    /** Its superblock lies at 64 KiB: behind where a table is. */
    @Test
    void aBareBtrfsThatIsHalfRestoredOverAnEarlierVersionIsNoFileSystem() throws IOException {
        Path source = folder.resolve("btrfs");
        Shell.run("""
                mkdir '%2$s'; head -c 40M /dev/urandom > '%2$s/file'
                truncate -s 128M '%1$s'; mkfs.btrfs -q --rootdir '%2$s' '%1$s' >/dev/null
                cp '%1$s' '%3$s'
                """.formatted(source, folder.resolve("files"), target));
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
        }
        Shell.run("head -c 20M /dev/urandom | dd of='%s' bs=1M seek=30 conv=notrunc status=none".formatted(target));
        String type = "blkid -p -o value -s TYPE '%s' || true".formatted(target);
        assertThat(Shell.run(type)).isEqualTo("btrfs");
        restore(new Gone(open(), new AtomicBoolean()));
        assertThat(Shell.run(type)).isEmpty();
    }
}
