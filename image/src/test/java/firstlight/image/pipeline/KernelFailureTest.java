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
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.KernelDisk;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors as this kernel gives them to whoever reads and writes a block device. */
class KernelFailureTest {
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    private Path random() throws IOException {
        Path file = new Lab(folder).disk("disk", "8M");
        Shell.run("head -c 8M /dev/urandom > '%s'".formatted(file));
        return file;
    }

    private static Manifest capture(KernelDisk device, ImageStore store, IfUnreadable choice) throws IOException {
        try (Disk disk = BlockDevice.open(device.node(), Access.READ)) {
            return new Capture(store.sink(), 2, "test")
                    .capture(
                            Capture.plan(List.of(disk), CaptureOptions.USUAL.with(choice), Progress.SILENT),
                            Progress.SILENT)
                    .manifest();
        }
    }

    @Test
    void aSectorThatTheDeviceCannotReadStopsACaptureOrIsZeros() throws IOException {
        long bad = 5L << 20;
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk failing = new BadSectors(DiskFile.open(random(), 512, Access.READ), List.of(bad / 512 + 2));
                KernelDisk device = KernelDisk.attach(failing, Access.READ)) {
            assertThatThrownBy(() -> capture(device, store, IfUnreadable.STOP))
                    .isInstanceOfSatisfying(DiskFailure.class, failure -> {
                        assertThat(failure.disk()).isEqualTo(device.node().toString());
                        assertThat(failure.cause())
                                .contains("from offset " + bad + " on")
                                .contains("errno 5");
                    });

            Manifest manifest = capture(device, store, IfUnreadable.ZERO);

            // The file behind this device is read by pages.
            assertThat(manifest.disks().getFirst().unreadable()).containsExactly(new Place(bad, PAGE));
        }
    }

    @Test
    void aFileThatLostABlockIsNamed() throws IOException {
        Path file = new Lab(folder).disk("ext4", "16M");
        String block = Shell.run("""
                cd '%1$s'; mkdir -p tree/sub; head -c 300000 /dev/urandom > tree/sub/big
                mkfs.ext4 -q -b 4096 -d tree ext4
                debugfs -R 'blocks /sub/big' ext4 2>/dev/null | cut -d ' ' -f 5
                """.formatted(folder));
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk failing = new BadSectors(
                        DiskFile.open(file, 512, Access.READ), List.of(8 * Long.parseLong(block.strip()) + 1));
                KernelDisk device = KernelDisk.attach(failing, Access.READ)) {
            Manifest manifest = capture(device, store, IfUnreadable.ZERO);
            assertThat(manifest.lost()).startsWith("8 sectors");
            assertThat(manifest.notes()).anyMatch(note -> note.endsWith("; lost in part: /sub/big"));
        }
    }

    /** Refuses everything from 4 MiB on. */
    private record Refusing(Disk disk) implements DiskOver {
        @Override
        public void write(long offset, ByteBuffer octets) throws IOException {
            if (offset + octets.remaining() > 4 << 20) {
                throw new IOException("no");
            }
            disk.write(offset, octets);
        }

        @Override
        public void flush() {}
    }

    @Test
    void aWriteThatTheDeviceRefusesIsToldWithItsPlace() throws IOException {
        try (Disk failing = new Refusing(DiskFile.open(random(), 512, Access.READ_WRITE));
                KernelDisk device = KernelDisk.attach(failing, Access.READ_WRITE);
                Disk disk = BlockDevice.open(device.node(), Access.READ_WRITE)) {
            ByteBuffer octets =
                    ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE).limit(PAGE);
            disk.write(0, octets);
            assertThatThrownBy(() -> {
                        disk.write(6 << 20, octets.clear().limit(PAGE));
                        disk.flush();
                    })
                    .isInstanceOf(DiskFailure.class)
                    .hasMessageContaining(device.node().toString());
        }
    }

    @Test
    void aReadOnlyDiskIsNotOpenedForWriting() throws IOException {
        try (Disk file = DiskFile.open(random(), 512, Access.READ);
                KernelDisk device = KernelDisk.attach(file, Access.READ)) {
            assertThatThrownBy(() -> BlockDevice.open(device.node(), Access.READ_WRITE))
                    .isInstanceOf(DiskFailure.class)
                    .hasMessageContaining("cannot be written to: it is read-only");
        }
    }
}
