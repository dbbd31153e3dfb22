package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors as this kernel gives them to whoever reads and writes a block device. */
class KernelFailureTest {
    private static final int PAGE = 4096;
    private static final byte[] KEY = "secret".getBytes(StandardCharsets.US_ASCII);

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
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, choice, List.of(), _ -> List.of(KEY));
        try (Disk disk = BlockDevice.open(device.node(), Access.READ)) {
            return new Capture(store.sink(), 2, "test")
                    .capture(Capture.plan(List.of(disk), options, Progress.SILENT), Progress.SILENT)
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

    private static final String MARK = "lost-" + "sector";

    /** A file system with a large file in it that begins with {@link #MARK}, besides others. */
    private Path filled(String size, String mount, String make) throws IOException {
        Path file = new Lab(folder).disk("volume", size);
        Lab.attached(file, 512, node -> {
            Shell.run(make + " " + node);
            Lab.mounted(mount, node.toString(), root -> Shell.run("""
                            cd '%s'; mkdir -p 'a b/sub' other; for i in $(seq 40); do echo $i > other/$i; done
                            head -c 300000 /dev/urandom > other/large
                            { printf %s; head -c 300000 /dev/urandom; } > 'a b/sub/big'; sync -f .
                            """.formatted(root, MARK)));
        });
        return file;
    }

    private static long mark(Path file) throws IOException {
        ByteBuffer mark = ByteBuffer.wrap(MARK.getBytes(StandardCharsets.UTF_8));
        try (FileChannel disk = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer octets = disk.map(FileChannel.MapMode.READ_ONLY, 0, disk.size());
            int at = 0;
            while (octets.get(at) != mark.get(0)
                    || !octets.slice(at, mark.capacity()).equals(mark)) {
                at++;
            }
            return at;
        }
    }

    private List<String> notes(Path disk, long bad) throws IOException {
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk failing = new BadSectors(DiskFile.open(disk, 512, Access.READ), List.of(bad / 512));
                KernelDisk device = KernelDisk.attach(failing, Access.READ)) {
            Manifest manifest = capture(device, store, IfUnreadable.ZERO);
            assertThat(manifest.lost()).startsWith("8 sectors");
            return manifest.notes();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ext4, 32M, -t ext4, mkfs.ext4 -q -b 4096",
        "XFS, 304M, -t xfs, mkfs.xfs -q",
        "NTFS, 32M, -t ntfs-3g, mkntfs -q -Q -F",
        "exFAT, 32M, -t exfat-fuse, mkfs.exfat"
    })
    void aFileThatLostABlockIsNamed(String name, String size, String mount, String make) throws IOException {
        Path file = filled(size, mount, make);
        assertThat(notes(file, mark(file) + 2 * PAGE)).anyMatch(note -> note.endsWith("; lost in part: /a b/sub/big"));
    }

    @Test
    void withinLvmTheVolumeIsNamedWithIt() throws IOException {
        Path xfs = filled("304M", "-t xfs", "mkfs.xfs -q");
        Path disk = new Lab(folder).disk("disk", "400M");
        try (LoopDevice loop = LoopDevice.attach(disk, 512, Access.READ_WRITE)) {
            Shell.run("""
                    lvm() { $1 --driverloaded n --config 'backup{backup=0 archive=0}' --devices %1$s "${@:2}" 2>/dev/null; }
                    lvm pvcreate -q %1$s; lvm vgcreate -q -s 4M flost %1$s
                    lvm lvcreate -q --noudevsync -an -Zn -Wn -l 5 -n first flost
                    lvm lvcreate -q --noudevsync -an -Zn -Wn -l 76 -n data flost
                    dd if='%2$s' of=%1$s bs=1M seek=21 conv=notrunc,fsync status=none
                    """.formatted(loop.node(), xfs));
        }
        assertThat(notes(disk, mark(disk) + 2 * PAGE))
                .anyMatch(note -> note.endsWith("; lost in part: flost/data:/a b/sub/big"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"ext4, 64M, -t ext4, mkfs.ext4 -q -b 4096", "XFS, 304M, -t xfs, mkfs.xfs -q"})
    void withinOpenedLuksTheFileIsNamed(String name, String size, String mount, String make) throws IOException {
        Path file = filled(size, mount, make);
        long at = mark(file) + 2 * PAGE;
        Shell.run("""
                cd '%s'; printf secret > key; truncate -s +32M '%s'
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --pbkdf-force-iterations 4 \
                    --pbkdf-memory 32768 --key-file key '%2$s'
                """.formatted(folder, file));
        long header = 16L << 20; // the other half is for reencryption
        assertThat(notes(file, header + at)).anyMatch(note -> note.endsWith("; lost in part: /a b/sub/big"));
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
