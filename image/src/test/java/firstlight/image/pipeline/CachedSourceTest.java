package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedSourceTest {
    /** Of ext4's s_feature_incompat, in the partition's superblock. */
    private static final long NEEDS_RECOVERY_AT = (1 << 20) + 1024 + 0x60;

    private static final int NEEDS_RECOVERY = 0x4;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** The kernel keeps what was read of a disk apart from what is written through its partitions. */
    @Test
    void whatSomebodyReadOfTheDiskEarlierIsNotTakenForWhatItHoldsNow() throws IOException {
        Path file = new Lab(folder).disk("disk", "40M");
        Shell.run("sgdisk -n 1:2048:+30M '%s' >/dev/null".formatted(file));
        Lab.attached(file, 512, node -> {
            Shell.run("mkfs.ext4 -q %sp1".formatted(node));
            try (FileChannel somebody = FileChannel.open(node, StandardOpenOption.READ)) {
                Lab.mounted("", node + "p1", root -> {
                    Shell.run("touch %1$s/file; sync -f %1$s".formatted(root));
                    assertThat(needsRecovery(somebody)).isTrue();
                });
                assertThat(needsRecovery(somebody)).as("of the kernel's cache").isTrue();

                try (Disk disk = BlockDevice.open(node, Access.READ)) {
                    ByteBuffer octets = ByteBuffer.allocate(1);
                    disk.read(NEEDS_RECOVERY_AT, octets);
                    assertThat(octets.get(0) & NEEDS_RECOVERY).isZero();
                }
            }
        });
    }

    private static boolean needsRecovery(FileChannel disk) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(1);
        disk.read(octets, NEEDS_RECOVERY_AT);
        return (octets.get(0) & NEEDS_RECOVERY) != 0;
    }
}
