package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.Access;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoredSystemTest {
    private static final RestoredSystem SYSTEM = new RestoredSystem("room12-pc7", Optional.empty(), "");

    @TempDir
    Path folder;

    /** An ext4 with one file on it. */
    private Path ext4With(String file, String content) throws IOException {
        Path tree = folder.resolve("tree");
        Path there = tree.resolve(file);
        Files.createDirectories(java.util.Objects.requireNonNull(there.getParent()));
        Files.writeString(there, content);
        Path volume = folder.resolve("volume");
        run("truncate", "-s", "8M", volume.toString());
        run("mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), volume.toString());
        return volume;
    }

    private static String run(String... command) throws IOException {
        Tool tool = Tool.run(List.of(command));
        assertThat(tool.succeeded()).as(tool.output()).isTrue();
        return tool.output();
    }

    private static Optional<String> applied(Path volume) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(volume, 512, Access.READ_WRITE)) {
            return SYSTEM.applyTo((access, work) -> work.with(loop.node()), FileSystem.EXT4);
        }
    }

    @Test
    void aLinuxSystemGetsItsName() throws IOException {
        Path volume = ext4With("etc/hostname", "master\n");
        assertThat(applied(volume)).contains(", named room12-pc7");
        assertThat(run("debugfs", "-R", "cat /etc/hostname", volume.toString())).contains("room12-pc7");
    }

    /** The disk is as it should be: that is no failure of the restore, which would be done again in vain. */
    @Test
    void ofASystemWhoseNameMayNotBeChangedThatIsSaid() throws IOException {
        Path volume = ext4With("etc/hostname", "master\n");
        run("debugfs", "-w", "-R", "set_inode_field /etc/hostname flags 0x80010", volume.toString()); // chattr +i
        assertThat(applied(volume))
                .contains(
                        ", its system did not get all of its name room12-pc7 and address: /etc/hostname: Operation not permitted");
    }

    @Test
    void ofAPartitionWithDataNoOctetChanges() throws IOException {
        Path volume = ext4With("etc/somebody", "data\n");
        byte[] before = Files.readAllBytes(volume);
        assertThat(applied(volume)).isEmpty();
        assertThat(Files.readAllBytes(volume)).isEqualTo(before);
    }

    @Test
    void whatCannotBeMountedIsNoSystem() throws IOException {
        Path volume = folder.resolve("volume");
        run("truncate", "-s", "8M", volume.toString());
        assertThat(applied(volume)).isEmpty();
    }
}
