package firstlight.image.disk;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.pipeline.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What mounts of one's own leave to the host. Those of a test beside it would have its stick for the moment in which they begin. */
@Tag("alone")
class PrivateMountsTest {
    @TempDir
    Path folder;

    private Path image;

    @BeforeEach
    void anImageAndAStick() throws IOException {
        image = folder.resolve("image");
        Shell.run(
                "truncate -s 1M '%1$s/image'; truncate -s 20M '%1$s/disk'; mkfs.ext4 -q '%1$s/disk'; mkdir '%1$s/a stick'"
                        .formatted(folder));
    }

    /** As in a container, whose mounts are private: below a shared one the copy would go by itself. */
    @Test
    void aFileSystemThatTheHostUnmountsMeanwhileIsInUseNoLonger() throws IOException {
        Path container = Files.createDirectory(folder.resolve("container"));
        Path mounted = container.resolve("a stick");
        Shell.run(
                "mount -t tmpfs tmpfs %1$s && mount --make-private %1$s && mkdir '%2$s'".formatted(container, mounted));
        try (LoopDevice stick = LoopDevice.attach(folder.resolve("disk"), 512, Access.READ_WRITE);
                Disk disk = DiskFile.open(image, 512, Access.READ)) {
            Shell.run("mount %s '%s'".formatted(stick.node(), mounted));
            try (PrivateMounts mounts = PrivateMounts.with(disk)) {
                assertThat(mounts.run("ls " + PrivateMounts.DISK).succeeded()).isTrue();
                Shell.run("umount '%s'".formatted(mounted));
                BlockDevice.open(stick.node(), Access.READ_WRITE).close(); // refuses one that is in use
            }
        } finally {
            Shell.run("umount -R " + container);
        }
    }

    @Test
    void theFolderToWorkInStays() throws IOException {
        try (LoopDevice stick = LoopDevice.attach(folder.resolve("disk"), 512, Access.READ_WRITE);
                Disk disk = DiskFile.open(image, 512, Access.READ)) {
            Shell.run("mount %s '%s/a stick'".formatted(stick.node(), folder));
            try (PrivateMounts mounts = PrivateMounts.with(disk, folder.resolve("a stick"))) {
                assertThat(mounts.run("echo written >here && mountpoint -q .").succeeded())
                        .isTrue();
            }
            assertThat(folder.resolve("a stick/here")).hasContent("written");
            Shell.run("umount '%s/a stick'".formatted(folder));
        }
    }

    /** As systemd shares all; what is no device's (NFS, ZFS) is not let go, and follows the host. */
    @Test
    void whatTheHostUnmountsOfSharedMountsIsUnmountedInsideToo() throws IOException {
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Path inner = shared.resolve("inner");
        Shell.run("mount -t tmpfs tmpfs %1$s && mount --make-shared %1$s && mkdir %2$s && mount -t tmpfs tmpfs %2$s"
                .formatted(shared, inner));
        String look = "grep -qF '%s ' /proc/self/mountinfo".formatted(inner);
        try (Disk disk = DiskFile.open(image, 512, Access.READ);
                PrivateMounts mounts = PrivateMounts.with(disk)) {
            assertThat(mounts.run(look).exit()).isZero();
            Shell.run("umount " + inner);
            assertThat(mounts.run(look).exit()).isOne();
        } finally {
            Shell.run("umount -R " + shared);
        }
    }
}
