package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
