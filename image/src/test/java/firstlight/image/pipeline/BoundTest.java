package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** File systems that no tool gives another size, and partitions that the kernel sees elsewhere. */
class BoundTest extends OnLoopDevices {
    private Path source;

    @BeforeEach
    void aDiskWithTwoPartitions() throws IOException {
        source = lab.disk("source", "160M");
        Shell.run("sgdisk -n 1:2048:+60M -n 2:0:+90M '%s' >/dev/null".formatted(source));
    }

    private List<String> restore(Manifest manifest, Path target) throws IOException {
        return restore(manifest, target, Wishes.USUAL);
    }

    private List<String> restore(Manifest manifest, Path target, Wishes wishes) throws IOException {
        List<String> said = new ArrayList<>();
        Lab.attached(target, 512, node -> {
            try (Disk disk = BlockDevice.open(node, Access.READ_WRITE)) {
                RestoreSummary summary = new Restore(store.source(), 2)
                        .restore(manifest, List.of(disk), wishes, Progress.SILENT, said::add);
                assertThat(summary.verified()).isTrue();
            }
        });
        return said;
    }

    @Test
    void anExt4WithItsJournalElsewhereKeepsItsSizeAndAnotherGrows() throws IOException {
        Lab.attached(source, 512, node -> Shell.run("""
                mkfs.ext4 -q -O journal_dev -b 4096 %1$sp1 50M
                mkfs.ext4 -q -b 4096 -J device=%1$sp1 %1$sp2
                """.formatted(node)));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(manifest.notes()).singleElement().asString().contains("its journal is on another device");
        assertThat(manifest.usedBytes()).isLessThan(90L << 20);
        assertThat(restore(manifest, lab.disk("target", "200M"))).noneMatch(words -> words.contains("grows"));
    }

    @ParameterizedTest
    @CsvSource({"stable_inodes, encrypted by their numbers", "'sparse_super2,^resize_inode', sparse_super2"})
    void anExt4ThatResize2fsRefusesOrSpoilsKeepsItsSize(String features, String why) throws IOException {
        Lab.attached(source, 512, node -> Shell.run("mkfs.ext4 -q -O %s %sp2".formatted(features, node)));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(manifest.notes()).singleElement().asString().contains("keeps its size", why);
        assertThat(manifest.usedBytes()).isLessThan(90L << 20);
        Path target = lab.disk("target", "200M");
        assertThat(restore(manifest, target)).noneMatch(words -> words.contains("grows"));
        Lab.attached(target, 512, node -> Shell.run("e2fsck -f -n %sp2".formatted(node)));
    }

    /** Linux 6.18 as it is often built knows no XFS of version 4, which old RHEL made; Debian 12's does, and then it grows. */
    @Test
    void anXfsThatTheKernelCannotMountKeepsItsSizeAndThatIsToldBeforeTheDiskIsErased() throws IOException {
        Path old = lab.disk("old", "400M");
        boolean[] known = {false};
        Shell.run("printf 'label: gpt\\nsize=40M\\nsize=350M\\n' | sfdisk -q '%s'".formatted(old));
        Lab.attached(old, 512, node -> {
            Shell.run("mkfs.ext4 -q %1$sp1; mkfs.xfs -q -m crc=0 %1$sp2 2>/dev/null".formatted(node));
            known[0] = Lab.isMountable(node + "p2");
        });
        Manifest manifest = Lab.image(old, 512, store);
        assertThat(manifest.usedBytes()).isLessThan(90L << 20);
        Path target = lab.disk("target", "500M");
        List<String> said = restore(manifest, target);
        if (known[0]) {
            assertThat(said).anyMatch(words -> words.contains("partition 2 (xfs) grows"));
        } else {
            assertThat(said)
                    .anyMatch(words ->
                            words.contains("partition 2 (xfs) stays as long as it is: to grow it must be mounted"))
                    .noneMatch(words -> words.contains("grows"));
            assertThatThrownBy(() -> restore(manifest, lab.disk("another", "500M"), Wishes.of(Map.of("grow", "2"))))
                    .hasMessageContaining("Partition 2 cannot grow")
                    .hasMessageContaining("to grow it must be mounted, and this kernel cannot");
        }
        Lab.attached(target, 512, node -> Shell.run("xfs_repair -n %sp2".formatted(node)));
    }

    /** As a Windows that fell off its power leaves it, without the mark of it. */
    private void anNtfsThatSaysTooMuchIsInUse() throws IOException {
        Lab.attached(source, 512, node -> Shell.run("""
                mkfs.ext4 -q %1$sp1; mkntfs -q -Q %1$sp2 >/dev/null
                bitmap=$(ntfsinfo -i 6 -v %1$sp2 | awk '/VCN.*LCN/ { getline; print $2; exit }')
                printf '\\377' | dd of=%1$sp2 bs=1 seek=$((bitmap * 4096 + 2500)) conv=notrunc status=none
                """.formatted(node)));
    }

    @Test
    void anNtfsThatItsToolRefusesKeepsItsSizeAndThatIsToldBeforeTheDiskIsErased() throws IOException {
        anNtfsThatSaysTooMuchIsInUse();
        Manifest manifest = Lab.image(source, 512, store);
        Path target = lab.usedDisk("target", "200M");
        String untouched = Lab.sha256(target);
        assertThatThrownBy(() -> restore(manifest, target, Wishes.of(Map.of("grow", "2"))))
                .hasMessageContaining("Partition 2 cannot grow")
                .hasMessageContaining("the tool that would make it grow refuses it (ntfsresize ended with status 1");
        assertThat(Lab.sha256(target)).isEqualTo(untouched);
        assertThat(restore(manifest, target))
                .anyMatch(words -> words.contains("partition 2 (ntfs) stays as long as it is: the tool"))
                .noneMatch(words -> words.contains("partition 2 (ntfs) grows"));
        Lab.attached(
                target,
                512,
                node -> Lab.attached(
                        source,
                        512,
                        original -> Shell.run("ntfsls -f %1$sp2; ntfsls -f %2$sp2".formatted(node, original))));
    }

    @Test
    void anNtfsThatItsToolRefusesToShrinkLeavesTheDiskAsItWas() throws IOException {
        anNtfsThatSaysTooMuchIsInUse();
        Manifest manifest = Lab.image(source, 512, store);
        Path target = lab.usedDisk("target", "80M");
        String untouched = Lab.sha256(target);
        assertThatThrownBy(() -> restore(manifest, target)).hasMessageContaining("ntfsresize ended with status 1");
        assertThat(Lab.sha256(target)).isEqualTo(untouched);
    }

    /** As a newer mkfs.ext4 may make it. */
    @Test
    void anExt4WithAFeatureThatItsToolsDoNotKnowKeepsItsSizeAndThatIsToldBeforeTheDiskIsErased() throws IOException {
        Lab.attached(
                source,
                512,
                node -> Shell.run("""
                mkfs.ext4 -q %1$sp1; mkfs.ext4 -q -O ^metadata_csum %1$sp2
                printf '\\200' | dd of=%1$sp2 bs=1 seek=$((1024 + 0x67)) conv=notrunc status=none
                """.formatted(
                                node))); // the highest of the features that may be read by whoever does not know them
        Manifest manifest = Lab.image(source, 512, store);
        Path target = lab.usedDisk("target", "200M");
        String untouched = Lab.sha256(target);
        assertThatThrownBy(() -> restore(manifest, target, Wishes.of(Map.of("grow", "2"))))
                .hasMessageContaining("has unsupported feature");
        assertThat(Lab.sha256(target)).isEqualTo(untouched);
        List<String> said = restore(manifest, target);
        assertThat(said)
                .as("notes: %s", manifest.notes())
                .anyMatch(words -> words.contains("partition 2 (ext4) stays as long as it is: the tool"));
    }

    @Test
    void aFileSystemWhoseToolRefusesToLookKeepsItsSizeWhenAnotherOneHasRoomToGive() throws IOException {
        Lab.attached(source, 512, node -> Shell.run("""
                mkfs.ext4 -q %1$sp1
                debugfs -w -R 'write /bin/bash bash' %1$sp1 2>&1
                debugfs -w -R 'ssv last_orphan 12' %1$sp1 2>&1
                mkfs.ext4 -q %1$sp2
                """.formatted(node)));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(restore(manifest, lab.disk("target", "130M")))
                .anyMatch(words -> words.contains("partition 2 (ext4) shrinks"))
                .noneMatch(words -> words.contains("partition 1 (ext4) shrinks"));
    }

    @Test
    void aPartitionThatTheKernelSeesElsewhereIsTakenWhole() throws IOException {
        Lab.attached(source, 512, node -> Shell.run("mkfs.ext4 -q %1$sp1; mkfs.ext4 -q %1$sp2".formatted(node)));
        Lab.attached(source, 512, node -> {
            Shell.run("echo ',80M' | sfdisk -q --no-reread --no-tell-kernel -N 2 %s".formatted(node));
            try (Disk disk = BlockDevice.open(node, Access.READ)) {
                assertThat(Capture.plan(List.of(disk), CaptureOptions.USUAL, Progress.SILENT)
                                .notes())
                        .singleElement()
                        .asString()
                        .contains("the kernel knows another partition table");
            }
        });
    }

    @Test
    void aPartitionThatSomebodyLooksAtForAMomentDoesNotEndARestore() throws IOException {
        Lab.attached(source, 512, node -> {
            Process looks = new ProcessBuilder("sh", "-c", "exec 3<\"$0\"; echo; read _", node + "p1").start();
            assertThat(looks.getInputStream().read()).isEqualTo('\n'); // it has opened the partition
            try (Disk disk = BlockDevice.open(node, Access.READ_WRITE)) {
                Thread ends = Thread.ofVirtual().start(() -> looks.destroy());
                assertThatCode(disk::tableChanged).doesNotThrowAnyException();
                ends.join();
            } catch (InterruptedException e) {
                throw new IOException(e);
            } finally {
                looks.destroy();
            }
        });
    }
}
