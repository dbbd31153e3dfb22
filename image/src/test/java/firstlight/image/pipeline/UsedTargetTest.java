package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsedTargetTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @Test
    void aDiskOfWhichAPartitionIsMountedIsNotOpenedForWriting() throws IOException {
        Path file = new Lab(folder).disk("disk", "40M");
        Shell.run("sgdisk -n 1:2048:+30M '%s' >/dev/null".formatted(file));
        Lab.attached(file, 512, node -> {
            Shell.run("mkfs.ext4 -q %sp1".formatted(node));
            Lab.mounted(
                    "",
                    node + "p1",
                    root -> assertThatThrownBy(() -> BlockDevice.open(node, Access.READ_WRITE))
                            .isInstanceOf(ImageFailure.class)
                            .hasMessageContaining("is in use"));
            BlockDevice.open(node, Access.READ_WRITE).close();
        });
    }

    /** As {@code img} in two consoles. The disks of the PC are locked by udev's own convention, so that flock(1) can play the other. */
    @ParameterizedTest(name = "flock {0}, then {1}: refused {2}")
    @CsvSource({
        "-x, READ_WRITE, true",
        "-x, READ, true",
        "-s, READ_WRITE, true",
        "-s, READ, false",
    })
    void aDiskThatAnotherProcessWorksOnIsRefusedWithItsNumber(String lock, Access access, boolean refused)
            throws Exception {
        Path file = new Lab(folder).disk("disk", "4M");
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            Process other = new ProcessBuilder(
                            "flock", "--no-fork", lock, loop.node().toString(), "sh", "-c", "echo locked; exec cat")
                    .start();
            try {
                assertThat(other.inputReader().readLine()).isEqualTo("locked");
                if (refused) {
                    assertThatThrownBy(() -> BlockDevice.open(loop.node(), access))
                            .isInstanceOf(ImageFailure.class)
                            .hasMessageContaining(loop.node() + " is in use")
                            .hasMessageContaining("process " + other.pid() + " (cat) works on it");
                } else {
                    BlockDevice.open(loop.node(), access).close();
                }
            } finally {
                other.destroy();
                other.waitFor();
            }
            BlockDevice.open(loop.node(), access).close();
        }
    }

    /** A capture has its disk read-only as well, which is not the reason. */
    @Test
    void aDiskThatAnotherProcessCapturesIsInUseAndOneThatItLeftBehindIsReadOnly() throws Exception {
        Path file = new Lab(folder).disk("disk", "4M");
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            Process other = new ProcessBuilder(
                            "flock", "--no-fork", "-s", loop.node().toString(), "sh", "-c", "echo locked; exec cat")
                    .start();
            try {
                assertThat(other.inputReader().readLine()).isEqualTo("locked");
                Shell.run("blockdev --setro " + loop.node());
                assertThatThrownBy(() -> BlockDevice.open(loop.node(), Access.READ_WRITE))
                        .hasMessageContaining("process " + other.pid() + " (cat) works on it");
            } finally {
                other.destroy();
                other.waitFor();
            }
            assertThatThrownBy(() -> BlockDevice.open(loop.node(), Access.READ_WRITE))
                    .hasMessageContaining("read-only")
                    .hasMessageContaining("blockdev --setrw " + loop.node());
            Shell.run("blockdev --setrw " + loop.node());
        }
    }

    @Test
    void aDiskIsLockedWhileItIsOpen() throws IOException {
        Path file = new Lab(folder).disk("disk", "4M");
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            String others = "flock -n %s -c true && echo free || echo taken";
            try (Disk first = BlockDevice.open(loop.node(), Access.READ_WRITE);
                    Disk again = BlockDevice.open(loop.node(), Access.READ_WRITE)) { // by the same program
                assertThat(again.size()).isEqualTo(first.size());
                assertThat(Shell.run(others.formatted("-s " + loop.node()))).isEqualTo("taken");
            }
            try (Disk source = BlockDevice.open(loop.node(), Access.READ)) {
                assertThat(source.size()).isEqualTo(4 << 20);
                assertThat(Shell.run(others.formatted("-s " + loop.node()))).isEqualTo("free");
                assertThat(Shell.run(others.formatted("-x " + loop.node()))).isEqualTo("taken");
            }
            assertThat(Shell.run(others.formatted("-x " + loop.node()))).isEqualTo("free");
        }
    }
}
