package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems whose own map of used blocks cannot be believed are taken whole, and the image says so. */
class UncleanTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    private void assertTakenWhole(Path source, String reason) throws IOException {
        Path target = new Lab(folder).disk("target", "128M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Region region = manifest.disks().getFirst().regions().getFirst();
            assertThat(((Content.Blocks) region.content()).method()).isEqualTo(Content.Method.RAW);
            assertThat(manifest.notes()).singleElement().asString().contains(reason);
            Lab.restore(manifest, store, target, 512);
        }
        Shell.run("cmp -n $(stat -c %%s '%1$s') '%1$s' '%2$s'".formatted(source, target));
    }

    @Test
    void anExt4ThatWasNotUnmounted() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.ext4 -q " + node);
            Lab.mounted("", node.toString(), root -> Shell.run("""
                    for i in $(seq 100); do echo $i > %1$s/$i; done; sync -f %1$s
                    dd if=%2$s of='%3$s' bs=1M status=none
                    """.formatted(root, node, folder.resolve("pulled"))));
        });
        assertTakenWhole(folder.resolve("pulled"), "journal is not replayed");
    }

    @Test
    void anNtfsInWhichWindowsIsHibernated() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> {
            Shell.run("mkntfs -q -Q -F " + node);
            Lab.mounted(
                    "-t ntfs-3g",
                    node.toString(),
                    root -> Shell.run("(printf hibr; head -c 8188 /dev/zero) > %s/hiberfil.sys".formatted(root)));
        });
        assertTakenWhole(source, "hibernated");
    }

    @Test
    void swapInWhichLinuxIsHibernated() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> Shell.run("""
                mkswap -q %1$s
                head -c 3000000 /dev/urandom | dd of=%1$s bs=1M seek=8 status=none
                printf 'S1SUSPEND\\0' | dd of=%1$s bs=1 seek=4086 conv=notrunc status=none
                """.formatted(node)));
        assertTakenWhole(source, "a Linux system is hibernated in it");
    }

    @Test
    void anExfatThatIsMarkedAsDirty() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> Shell.run("""
                mkfs.exfat %1$s >/dev/null
                printf '\\002' | dd of=%1$s bs=1 seek=106 conv=notrunc status=none
                """.formatted(node)));
        assertTakenWhole(source, "its map may lag behind");
    }

    @Test
    void oneOfTwoDevicesOfABtrfs() throws IOException {
        Path other = new Lab(folder).disk("other", "128M");
        Path source = new Lab(folder).disk("source", "128M");
        Lab.attached(
                other,
                512,
                second -> Lab.attached(
                        source, 512, first -> Shell.run("mkfs.btrfs -q -f -m raid1 %s %s".formatted(first, second))));
        assertTakenWhole(source, "it is one of 2 devices of a Btrfs");
    }

    @Test
    void anNtfsThatIsMarkedAsDirty() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> Shell.run("mkntfs -q -Q -F %1$s; ntfsfix %1$s".formatted(node)));
        assertTakenWhole(source, "(ntfs) is taken whole");
    }

    private void assertStops(Path source, String why) throws IOException {
        CaptureOptions stop = new CaptureOptions(IfLocked.STOP, List.of(), Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThatThrownBy(() -> Lab.captured(source, stop, store))
                    .hasMessageContaining("stopped before it began")
                    .hasMessageContaining(why);
        }
    }

    /** As after a restore to another size, or a drive that was pulled out. */
    @Test
    void anNtfsThatIsMarkedForACheckStopsTheCaptureThatIsToStopThen() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        CaptureOptions stop = new CaptureOptions(IfLocked.STOP, List.of(), Passphrases.NONE);
        Lab.attached(source, 512, node -> Shell.run("mkntfs -q -Q -F %1$s".formatted(node)));
        try (ImageStore store = DiskStore.open(folder.resolve("clean"))) {
            assertThat(Lab.captured(source, stop, store).notes()).isEmpty();
        }
        Lab.attached(source, 512, node -> Shell.run("ntfsresize -f -f -s 40M %1$s <<< y".formatted(node)));
        assertStops(source, "chkdsk /f");
    }

    @Test
    void aTableThatMakesNoSenseStopsItAsWell() throws IOException {
        assertStops(senseless(), "makes no sense");
    }

    @Test
    void ofADiskWhoseTableMakesNoSenseNothingIsTakenWhereWhatIsLockedIsSkipped() throws IOException {
        CaptureOptions skip = new CaptureOptions(IfLocked.SKIP, List.of(), Passphrases.NONE);
        Path other = new Lab(folder).disk("other", "16M");
        Shell.run("mkfs.ext4 -q -F '%s'".formatted(other));
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                LoopDevice first = LoopDevice.attach(senseless(), 512, Access.READ_WRITE);
                LoopDevice second = LoopDevice.attach(other, 512, Access.READ_WRITE);
                Disk one = BlockDevice.open(first.node(), Access.READ);
                Disk two = BlockDevice.open(second.node(), Access.READ)) {
            Manifest manifest = new Capture(store.sink(), Lab.THREADS, "test")
                    .capture(Capture.plan(List.of(one, two), skip, Progress.SILENT), Progress.SILENT)
                    .manifest();
            assertThat(manifest.disks().getFirst().regions()).isEmpty();
            assertThat(manifest.disks().getLast().regions()).isNotEmpty();
            assertThat(manifest.notes().toString())
                    .contains("makes no sense", "is not in the image")
                    .doesNotContain("whole disk is taken");
        }
    }

    /** It would be the newest version of what a room restores. */
    @Test
    void aCaptureThatWouldSkipEverythingIsRefused() throws IOException {
        CaptureOptions skip = new CaptureOptions(IfLocked.SKIP, List.of(), Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThatThrownBy(() -> Lab.captured(senseless(), skip, store))
                    .hasMessageContaining("Nothing of this PC would be in the image")
                    .hasMessageContaining("'raw'");
        }
    }

    private Path senseless() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Shell.run("""
                printf 'label: dos\\nstart=2048, size=40960, type=83\\n' | sfdisk -q '%1$s'
                dd if='%1$s' of='%1$s' bs=1 skip=446 seek=462 count=16 conv=notrunc status=none
                """.formatted(source));
        return source;
    }

    /** A restore trims and writes all that a physical volume has: nothing in it can be left as it is. */
    @Test
    void aLogicalVolumeCannotBeSkipped() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> {
            LvmResizeTest.lvm("pvcreate -q " + node, node);
            LvmResizeTest.lvm("vgcreate -q -s 1M flskip " + node, node);
            LvmResizeTest.lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 20 -n secret flskip", node);
            Shell.run("printf -- '-FVE-FS-' | dd of=%s bs=1 seek=%d conv=notrunc status=none"
                    .formatted(node, (1 << 20) + 3));
        });
        CaptureOptions skip = new CaptureOptions(IfLocked.SKIP, List.of(), Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThatThrownBy(() -> Lab.captured(source, skip, store))
                    .hasMessageContaining("flskip/secret (bitlocker)")
                    .hasMessageContaining("'raw'");
        }
    }

    /** What e2fsck would look at at the next start; {@code tune2fs -c 1} wants that at each. */
    @Test
    void anExt4ThatIsDueForItsCheckIsTakenByItsMap() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Shell.run("mkfs.ext4 -q -F '%1$s'; tune2fs -c 1 -C 1 '%1$s'".formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.notes()).isEmpty();
            assertThat(manifest.usedBytes()).isLessThan(20 << 20);
        }
    }

    @Test
    void anExt4ThatIsMarkedAsHavingErrors() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Shell.run("mkfs.ext4 -q -F '%1$s'; debugfs -w -R 'set_super_value state 3' '%1$s'".formatted(source));
        assertTakenWhole(source, "it is marked as having errors; e2fsck would repair it");
    }

    /** Of a Windows with fast start, all its other volumes. */
    @Test
    void anNtfsWhoseJournalIsInUse() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> Shell.run("mkntfs -q -Q -F " + node));
        try (FileChannel volume = FileChannel.open(source, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            inUse(volume);
        }
        assertTakenWhole(source, "Windows was not shut down cleanly (shutdown /s /t 0");
    }

    /** Puts a restart page with a client into $LogFile, which mkntfs leaves empty. */
    private static void inUse(FileChannel volume) throws IOException {
        ByteBuffer boot = read(volume, 0, 512);
        int cluster = (boot.get(13) & 0xFF) * 512;
        ByteBuffer record = read(volume, boot.getLong(48) * cluster + 2 * 1024, 1024);
        int data = record.getShort(20);
        while (record.getInt(data) != 0x80) {
            data += record.getInt(data + 4);
        }
        int run = data + record.getShort(data + 32);
        long first = 0;
        for (int i = record.get(run) >> 4; i > 0; i--) {
            first = (first << 8) | (record.get(run + (record.get(run) & 15) + i) & 0xFF);
        }
        long length = record.getLong(data + 48);
        ByteBuffer page = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        page.put(0, "RSTR".getBytes(StandardCharsets.US_ASCII))
                .putShort(4, (short) 30)
                .putShort(6, (short) 9);
        page.putInt(16, 4096).putInt(20, 4096).putShort(24, (short) 0x30);
        page.putShort(26, (short) 1).putShort(28, (short) 1);
        page.putShort(0x38, (short) 1).putShort(0x3A, (short) -1); // one client, none free, the first in use, not clean
        page.putInt(0x40, Long.numberOfLeadingZeros(length) + 3).putShort(0x44, (short) 0xD0);
        page.putShort(0x46, (short) 0x30).putLong(0x48, length);
        page.putShort(0x54, (short) 0x30).putShort(0x56, (short) 0x40);
        page.putShort(0x70, (short) -1).putShort(0x72, (short) -1).putInt(0x7C, 8);
        page.put(0x80, "NTFS".getBytes(StandardCharsets.UTF_16LE));
        page.putShort(30, (short) 1);
        for (int sector = 0; sector < 8; sector++) {
            page.putShort(512 * sector + 510, (short) 1);
        }
        volume.write(page.duplicate(), first * cluster);
        volume.write(page, first * cluster + 4096);
    }

    private static ByteBuffer read(FileChannel volume, long at, int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        volume.read(octets, at);
        return octets.clear();
    }
}
