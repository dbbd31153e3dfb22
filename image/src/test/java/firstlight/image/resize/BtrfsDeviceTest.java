package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.Access;
import firstlight.image.disk.LoopDevice;
import firstlight.image.pipeline.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BtrfsDeviceTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path folder;

    /** Discards come late, where a resize takes minutes; within LUKS each would be written as enciphered zeros. */
    @Test
    void nothingIsDiscardedWhileItGetsItsNewSize() throws IOException {
        Path file = folder.resolve("disk");
        Shell.run("truncate -s 300M '%1$s'; mkfs.btrfs -q '%1$s'".formatted(file));
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            ToolRun.mounted(loop.node(), "btrfs", FileSystemTool.WRITABLE_BTRFS, point -> {
                assertThat(Shell.run("findmnt -n -o OPTIONS '%s'".formatted(point)))
                        .contains("rw", "skip_balance")
                        .doesNotContain("discard");
                return 0L;
            });
        }
    }

    /** A new disk was added to it and the old one taken out: devices are numbered as they come. */
    @Test
    void aFileSystemThatMovedToAnotherDiskBeforeGetsItsNewSizeToo() throws IOException {
        Path old = folder.resolve("old");
        Path now = folder.resolve("now");
        Shell.run("truncate -s 300M '%1$s' '%2$s'; mkfs.btrfs -q '%1$s'".formatted(old, now));
        Path point = Files.createDirectory(folder.resolve("point"));
        try (LoopDevice first = LoopDevice.attach(old, 512, Access.READ_WRITE);
                LoopDevice second = LoopDevice.attach(now, 512, Access.READ_WRITE)) {
            Shell.run("mount %1$s '%3$s'; btrfs device add %2$s '%3$s'; btrfs device remove %1$s '%3$s'; umount '%3$s'"
                    .formatted(first.node(), second.node(), point));
            assertThat(FileSystemTool.BTRFS.shortest(second.node())).isBetween(100 * MIB, 300 * MIB);
            FileSystemTool.BTRFS.resize(second.node(), 290 * MIB);
            assertThat(Shell.run("btrfs inspect-internal dump-super %s | grep ^total_bytes".formatted(second.node())))
                    .contains(String.valueOf(290 * MIB));
            FileSystemTool.BTRFS.check(second.node());
        }
    }
}
