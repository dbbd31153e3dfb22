package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an image has nothing of ({@code --if-locked skip}) stays as the PC has it. */
class LeftAloneTest extends OnLoopDevices {
    private static final String BITLOCKER =
            "printf '\\353\\130\\220-FVE-FS-' | dd of='%s' bs=1M seek=%d conv=notrunc status=none";

    private Path source;

    @BeforeEach
    void aDisk() throws IOException {
        source = new Lab(folder).disk("source", "64M");
    }

    private Manifest skipping() throws IOException {
        return Lab.captured(source, new CaptureOptions(IfLocked.SKIP, List.of(), Passphrases.NONE), store);
    }

    private RestoreSummary restore(Manifest image, Path target, Wishes wishes, Progress progress, Long... bad)
            throws IOException {
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = new BadSectors(BlockDevice.open(loop.node(), Access.READ_WRITE), List.of(bad))) {
            return new Restore(store.source(), 2).restore(image, List.of(disk), wishes, progress, _ -> {});
        }
    }

    /** An ext4 and a partition that nobody opens; on the target with room behind them, and something in it. */
    private Path ofALargerDisk(boolean lockedFirst) throws IOException {
        String[] sizes = lockedFirst ? new String[] {"8M", "16M"} : new String[] {"16M", "8M"};
        Shell.run("printf 'label: gpt\\nsize=%s\\nsize=%s\\n' | sfdisk -q '%s'".formatted(sizes[0], sizes[1], source));
        Shell.run("mkfs.ext4 -q -F -E offset=%d '%s' 16M".formatted(lockedFirst ? 9 << 20 : 1 << 20, source));
        Shell.run(BITLOCKER.formatted(source, lockedFirst ? 1 : 17));
        Path target = folder.resolve("target");
        Shell.run("""
                cp '%1$s' '%2$s'; truncate -s 96M '%2$s'; sgdisk -e '%2$s'
                head -c 7M /dev/urandom | dd of='%2$s' bs=1M seek=%3$d conv=notrunc status=none
                cp '%2$s' '%2$s.before'
                """.formatted(source, target, lockedFirst ? 2 : 18));
        return target;
    }

    private void assertIsLeft(Path target, int mebibyte) throws IOException {
        Shell.run("cmp -i %1$dM -n 8M '%2$s' '%2$s.before'".formatted(mebibyte, target));
    }

    @Test
    void nothingIsWrittenToABareDiskThatWasSkippedWhateverItsLength() throws IOException {
        Shell.run(BITLOCKER.formatted(source, 0));
        Manifest whole = Lab.captured(source, CaptureOptions.USUAL, store);
        DiskImage disk = whole.disks().getFirst();
        // As in a capture of several disks.
        DiskImage skipped = new DiskImage(disk.size(), disk.sectorSize(), disk.table(), List.of());
        Manifest image = new Manifest(whole.made(), whole.maker(), List.of(skipped), whole.notes());
        for (String size : List.of("96M", "64M", "32M")) {
            Path target = new Lab(folder).usedDisk("target", size);
            String before = Lab.sha256(target);
            restore(image, target, Wishes.USUAL, Progress.SILENT);
            assertThat(Lab.sha256(target)).as(size).isEqualTo(before);
        }
    }

    /** Its table went in the first attempt. */
    @Test
    void theSecondAttemptLeavesWhatTheFirstLeft() throws IOException {
        Path target = ofALargerDisk(false);
        Manifest image = skipping();
        Progress cut = (phase, _, _) -> {
            if (phase == Progress.Phase.VERIFYING) {
                throw new IOException("cut off");
            }
        };
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> restore(image, target, Wishes.USUAL, cut)).hasMessage("cut off");
            TroubleTest.assertHasNoTable(target, "the restore of this disk was not finished");
        }
        Wishes otherwise = new Wishes(Set.of(), new Wishes.Grow(1));
        assertThatThrownBy(() -> restore(image, target, otherwise, Progress.SILENT))
                .hasMessageContaining("has in partition 2 would be lost");
        assertThat(restore(image, target, Wishes.USUAL, Progress.SILENT).verified())
                .isTrue();
        assertIsLeft(target, 17);
        Shell.run("sgdisk -i 2 '%s' | grep 'First sector: 34816 '".formatted(target));
    }

    @Test
    void itIsFoundByItsGuidWhateverItsNumber() throws IOException {
        Path target = ofALargerDisk(false);
        Shell.run("sgdisk --transpose=2:3 '%s'".formatted(target));
        restore(skipping(), target, Wishes.USUAL, Progress.SILENT);
        assertIsLeft(target, 17);
        Shell.run("sgdisk -i 2 '%s' | grep 'First sector: 34816 '".formatted(target));
    }

    /** All else was written and read back right by then. */
    @Test
    void thatItCannotBeReadFailsNoRestore() throws IOException {
        Path target = ofALargerDisk(true);
        RestoreSummary done = restore(skipping(), target, Wishes.USUAL, Progress.SILENT, 2048L);
        assertThat(done.verified()).isTrue();
        assertThat(done.notes())
                .singleElement()
                .asString()
                .startsWith("partition 1 of ")
                .endsWith("cannot be read, and was not looked into (medium error)");
        assertIsLeft(target, 1);
        Shell.run("sgdisk --verify '%s' | grep 'No problems'".formatted(target));
    }
}
