package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damage that is in the image already, and that no mount shows: what it hinders is told while the target is still whole. */
class DamagedImageTest {
    @TempDir
    Path folder;

    private Lab lab;
    private ImageStore store;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @BeforeEach
    void open() throws IOException {
        lab = new Lab(folder);
        store = DiskStore.open(folder.resolve("store"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** Each a file system on the device {@code $1} that a kernel mounts, or would, and its checker does not like. */
    enum Damaged {
        XFS_IN_A_LINK_COUNT("""
                mkfs.xfs -q $1; mount $1 $2; touch $2/file; inode=$(stat -c %i $2/file); umount $2
                xfs_db -x -c "inode $inode" -c 'write core.nlinkv2 9' $1
                """, "xfs_repair -n ended with status 1: "),
        BTRFS_IN_A_LEAF("""
                mkfs.btrfs -q -m single $1; mount $1 $2; mkdir $2/many
                for i in $(seq 2000); do echo a file with number $i > $2/many/file-$i; done; umount $2
                blockdev --flushbufs $1
                leaf=$(btrfs inspect-internal dump-tree -t 5 $1 | awk '/^leaf/ {print $2}' | sed -n 7p)
                at=$(btrfs-map-logical -l $leaf $1 | sed -n 's/.*physical \\([0-9]*\\).*/\\1/p')
                dd if=/dev/zero of=$1 bs=4096 seek=$((at / 4096)) count=4 conv=notrunc status=none
                """, "btrfs ended with status 1: errors found"),
        F2FS_IN_A_NODE("""
                mkfs.f2fs -q -f $1; mkdir $2/files; echo hi > $2/files/file; sload.f2fs -f $2/files $1
                main=$(od -An -t u4 -j $((1024 + 92)) -N 4 $1)
                printf '\\377\\377\\377\\377' | dd of=$1 bs=1 seek=$((main * 4096)) conv=notrunc status=none
                """, "fsck.f2fs ended with status 255");

        private final String script;
        private final String words;

        Damaged(String script, String words) {
            this.script = script;
            this.words = words;
        }
    }

    private Manifest image(Damaged damaged) throws IOException {
        Path source = lab.disk("source", "340M");
        Path scratch = folder.resolve("scratch");
        Lab.attached(
                source,
                512,
                node -> Shell.run("mkdir '%2$s'; set -- %1$s '%2$s'%n%3$s".formatted(node, scratch, damaged.script)));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(manifest.notes()).isEmpty();
        assertThat(manifest.usedBytes()).isLessThan(200L << 20);
        return manifest;
    }

    private List<String> restore(Manifest manifest, Path target) throws IOException {
        List<String> said = new ArrayList<>();
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            new Restore(store.source(), Lab.THREADS)
                    .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
        }
        return said;
    }

    @ParameterizedTest
    @EnumSource(Damaged.class)
    void onALargerDiskItStaysAsLongAsItIs(Damaged damaged) throws IOException {
        Manifest manifest = image(damaged);
        Path target = lab.disk("target", "400M");
        assertThat(restore(manifest, target))
                .anyMatch(words -> words.contains("stays as long as it is") && words.contains(damaged.words))
                .noneMatch(words -> words.contains(" grows"));
    }

    @ParameterizedTest
    @EnumSource(Damaged.class)
    void aSmallerDiskIsLeftAsItWas(Damaged damaged) throws IOException {
        Manifest manifest = image(damaged);
        Path target = lab.disk("target", "320M");
        Shell.run("printf whole | dd of='%s' bs=1M seek=1 conv=notrunc status=none".formatted(target));
        String untouched = Lab.sha256(target);
        assertThatThrownBy(() -> restore(manifest, target)).hasMessageContaining(damaged.words);
        assertThat(Lab.sha256(target)).isEqualTo(untouched);
    }

    /** It would go on when the kernel mounts it for writing, and hinder the resize. */
    @Test
    void aBtrfsWhoseBalanceWasInterruptedStaysAsLongAsItIs() throws IOException {
        Path source = lab.disk("source", "340M");
        Path point = folder.resolve("point");
        Lab.attached(source, 512, node -> Shell.run("""
                mkfs.btrfs -q %1$s; mkdir '%2$s'; mount %1$s '%2$s'; trap "umount '%2$s'" EXIT
                head -c 120M /dev/urandom > '%2$s/file'; sync -f '%2$s'
                paused() { { btrfs balance status '%2$s' || true; } | grep -q paused; }
                until paused; do # a fast machine may have done all of it before it is told to pause
                    btrfs balance start --full-balance --background '%2$s'; btrfs balance pause '%2$s' || true
                done
                """.formatted(node, point)));
        Manifest manifest = Lab.image(source, 512, store);
        Path target = lab.disk("target", "400M");
        assertThat(restore(manifest, target))
                .anyMatch(words -> words.contains("stays as long as it is") && words.contains("in progress"));
        Shell.run("btrfs check --readonly '%s'".formatted(target));
    }
}
