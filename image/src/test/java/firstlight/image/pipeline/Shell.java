package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.PrivateMounts;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Commands that tests prepare and inspect disks with. */
public final class Shell {
    private Shell() {}

    /** Runs {@code script}; fails the test with its output when it fails. */
    public static String run(String script) throws IOException {
        Tool tool = Tool.run(List.of("bash", "-e", "-o", "pipefail", "-c", script));
        assertThat(tool.exit()).as("%s%n%s", script, tool.output()).isZero();
        return tool.output();
    }

    /** These tests are of no use without loop devices; they must not pass by being skipped. */
    static void assertLoopDevices() throws IOException {
        assertThat(run("id -u"))
                .as("the image tests need root, for loop devices and mounts")
                .isEqualTo("0");
        Tool missing = Tool.run(List.of(
                "bash",
                "-c",
                "for t in losetup sfdisk sgdisk mkfs.ext4 mkfs.vfat mkntfs mkswap partclone.ext4"
                        + " partclone.ntfs ntfs-3g ntfs-3g.probe mcopy fsck.vfat e2fsck blkid mkfs.xfs mkfs.btrfs mkfs.f2fs"
                        + " sload.f2fs dump.f2fs mkfs.exfat mount.exfat-fuse mdir setfattr getfattr xfs_logprint"
                        + " vgcreate cryptsetup;"
                        + " do command -v $t >/dev/null || echo $t; done"));
        assertThat(missing.output()).as("programs that the image tests need").isEmpty();
    }

    /**
     * Fails the test where a loop device of an image, which this process had, stays. Another process of this host may have some of its
     * own: each of what is seen first must go.
     */
    static void assertNoImageIsLeft() throws IOException {
        Set<String> left = imagesOnLoopDevices();
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!left.isEmpty() && System.nanoTime() < end) {
            left.retainAll(imagesOnLoopDevices());
        }
        assertThat(left).isEmpty();
        assertThat(run("grep %s /proc/mounts || true".formatted(PrivateMounts.DISK)))
                .isEmpty();
    }

    private static Set<String> imagesOnLoopDevices() throws IOException {
        return run("losetup -l -n -O NAME,BACK-INO,BACK-FILE")
                .lines()
                .filter(line -> line.contains(PrivateMounts.DISK))
                .collect(Collectors.toSet());
    }
}
