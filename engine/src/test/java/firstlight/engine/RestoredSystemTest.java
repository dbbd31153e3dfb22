package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.disk.Access;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.safe.SafeData;
import firstlight.image.safe.SafeNetwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoredSystemTest {
    private static final RestoredSystem SYSTEM = new RestoredSystem("room12-pc7", Optional.empty(), "", "");

    @TempDir
    Path folder;

    /** An ext4 with one file on it. */
    private Path ext4With(String file, String content) throws IOException {
        Path tree = folder.resolve("tree");
        Path there = tree.resolve(file);
        Files.createDirectories(Objects.requireNonNull(there.getParent()));
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
        return applied(volume, SYSTEM);
    }

    private static Optional<String> applied(Path volume, RestoredSystem system) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(volume, 512, Access.READ_WRITE)) {
            return system.applyTo((access, work) -> work.with(loop.node()), FileSystem.EXT4);
        }
    }

    @Test
    void aLinuxSystemGetsItsName() throws IOException {
        Path volume = ext4With("etc/hostname", "master\n");
        assertThat(applied(volume)).contains(", named room12-pc7");
        assertThat(run("debugfs", "-R", "cat /etc/hostname", volume.toString())).contains("room12-pc7");
    }

    private static final String MASTERS = "0123456789abcdef0123456789abcdef";

    private String named(String name, String identity) throws IOException {
        SafeData data = identity.isEmpty() ? SafeData.of(Map.of()) : SafeData.of(Map.of(SafeData.IDENTITY, identity));
        Console console = new Console(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        return RestoredSystem.of(name, data, "", console).apply(folder).orElseThrow();
    }

    private String machineId() throws IOException {
        return Files.readString(folder.resolve("etc/machine-id"));
    }

    private void master(String name, String machineId) throws IOException {
        Files.createDirectories(folder.resolve("etc"));
        Files.writeString(folder.resolve("etc/hostname"), name + "\n");
        Files.writeString(folder.resolve("etc/machine-id"), machineId);
    }

    /** systemd-networkd makes its DHCP client identifier of it: a room of clones got one address. */
    @Test
    void anotherPcsLinuxGetsAMachineIdThatIsTheSameAfterEachRestore() throws IOException {
        master("master", MASTERS + "\n");
        assertThat(named("pc1", "aa".repeat(16))).isEqualTo(", named pc1, with a machine-id of its own");
        String first = machineId();
        assertThat(first).matches("[0-9a-f]{32}\n").isNotEqualTo(MASTERS + "\n").isNotEqualTo("aa".repeat(16) + "\n");
        assertThat(named("pc1", "aa".repeat(16))).as("again, after an add-on").contains("machine-id");
        assertThat(machineId()).isEqualTo(first);

        master("master", MASTERS + "\n");
        named("pc1", "aa".repeat(16));
        assertThat(machineId()).isEqualTo(first);
        Files.createDirectories(folder.resolve("etc/ssh"));
        Files.writeString(folder.resolve("etc/ssh/ssh_host_ed25519_key"), "key");
        assertThat(named("pc2", "bb".repeat(16)))
                .isEqualTo(", named pc2, with a machine-id of its own and the image's SSH host keys");
        assertThat(machineId()).isNotEqualTo(first);
    }

    @Test
    void thePcsOwnLinuxKeepsItsMachineId() throws IOException {
        master("pc1.school.example", MASTERS + "\n");
        assertThat(named("pc1", "aa".repeat(16))).isEqualTo(", named pc1");
        assertThat(machineId()).isEqualTo(MASTERS + "\n");
    }

    @Test
    void aSystemThatDrawsItsMachineIdAtItsFirstStartIsLeftToIt() throws IOException {
        for (String drawn : List.of("", "uninitialized\n")) {
            master("master", drawn);
            assertThat(named("pc1", "aa".repeat(16))).isEqualTo(", named pc1");
            assertThat(machineId()).isEqualTo(drawn);
        }
        master("master", MASTERS + "\n");
        assertThat(named("pc1", "")).as("no image-safe data").isEqualTo(", named pc1");
        assertThat(machineId()).isEqualTo(MASTERS + "\n");
    }

    /** The disk is as it should be: that is no failure of the restore, which would be done again in vain. */
    @Test
    void ofASystemWhoseNameMayNotBeChangedThatIsSaid() throws IOException {
        Path volume = ext4With("etc/hostname", "master\n");
        run("debugfs", "-w", "-R", "set_inode_field /etc/hostname flags 0x80010", volume.toString()); // chattr +i
        assertThat(applied(volume))
                .contains(
                        ", its system did not get all of its name room12-pc7 (/etc/hostname: Operation not permitted)");
    }

    /** Captured so by the map of its used blocks, which does not meet it: each attempt ends there. */
    @Test
    void ofASystemWhoseFileSystemWasDamagedWhenItWasCapturedThatIsSaid() throws IOException {
        ext4With("etc/fstab", "");
        ext4With("usr/lib/os-release", "");
        Path volume = ext4With("etc/hostname", "master\n");
        run("debugfs", "-w", "-R", "set_inode_field /etc/hostname block[0] 0x1234", volume.toString());
        assertThat(applied(volume))
                .hasValueSatisfying(words -> assertThat(words)
                        .startsWith(", its system did not get all of its name room12-pc7"
                                + " (/etc/hostname: Structure needs cleaning: ")
                        .contains("check the original (fsck)"));
    }

    /** So ext4 answers, by errors=remount-ro, where its journal cannot be written to the disk any more. */
    @Test
    void thatASystemTakesNoWriteAnyMoreIsAFailure() throws IOException {
        Path volume = ext4With("etc/hostname", "master\n");
        Path root = Files.createDirectories(folder.resolve("mounted"));
        try (LoopDevice loop = LoopDevice.attach(volume, 512, Access.READ_WRITE)) {
            run("mount", "-t", "ext4", "-o", "ro", loop.node().toString(), root.toString());
            try {
                assertThatThrownBy(() -> SYSTEM.apply(root)).hasMessageContaining("Read-only file system");
            } finally {
                run("umount", root.toString());
            }
        }
    }

    @Test
    void aMachineIdThatMayNotBeChangedTakesNothingElseAway() throws IOException {
        ext4With("etc/machine-id", MASTERS + "\n");
        ext4With("etc/NetworkManager/system-connections/wired", "");
        ext4With("etc/lvm/devices/system.devices", "IDTYPE=sys_wwid IDNAME=naa.another DEVNAME=/dev/sda2\n");
        Path volume = ext4With("etc/hostname", "master\n");
        run("debugfs", "-w", "-R", "set_inode_field /etc/machine-id flags 0x80010", volume.toString()); // chattr +i
        Optional<SafeNetwork> network = Optional.of(SafeNetwork.parse("10.1.0.20/24"));
        assertThat(applied(volume, new RestoredSystem("room12-pc7", network, "52:54:00:00:00:01", "aa".repeat(16))))
                .contains(
                        ", named room12-pc7, not with a machine-id of its own (/etc/machine-id: Operation not permitted)"
                                + ", its address 10.1.0.20, LVM's list of other disks set aside (/etc/lvm/devices/system.devices.captured)");
        assertThat(run("debugfs", "-R", "cat /etc/hostname", volume.toString())).contains("room12-pc7");
        String connection = "cat /etc/NetworkManager/system-connections/firstlight.nmconnection";
        assertThat(run("debugfs", "-R", connection, volume.toString())).contains("address1=10.1.0.20/24");
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
