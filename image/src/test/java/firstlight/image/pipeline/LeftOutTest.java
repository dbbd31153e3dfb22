package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.LoopDevice;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an image does without because it was told to: files by name, partitions that nobody can look into. */
class LeftOutTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "NTFS, 96M, -t ntfs-3g, mkntfs -q -Q -F, ntfsfix -n",
        "ext4, 96M, -t ext4, mkfs.ext4 -q, e2fsck -f -n",
        "ext2, 96M, -t ext2, mkfs.ext2 -q, e2fsck -f -n",
        "exFAT, 96M, -t exfat-fuse, mkfs.exfat, fsck.exfat -n",
        "XFS, 304M, -t xfs, mkfs.xfs -q, xfs_repair -n"
    })
    void theContentOfPageFilesAndCachesReadsAsZerosAndAllElseIsThere(
            String name, String size, String mount, String make, String check) throws IOException {
        boolean ignoresCase = name.equals("NTFS") || name.equals("exFAT");
        Path source = new Lab(folder).disk("source", size);
        String[] others = {"", ""};
        String hash =
                "cd '%s'; find . -type f ! -name '*.tmp' ! -name PageFile.sys -print0 | sort -z | xargs -0 sha256sum";
        Lab.attached(source, 512, node -> {
            Shell.run(make + " " + node);
            Lab.mounted(mount, node.toString(), root -> {
                if (name.equals("exFAT")) {
                    Tree.plantSimple(root);
                } else {
                    Tree.plant(root);
                }
                Shell.run("""
                        cd '%s'
                        head -c 20000000 /dev/urandom > PageFile.sys
                        mkdir -p 'Users/a b/cache' Users/c/cache
                        for i in 1 2 3; do head -c 500000 /dev/urandom > "Users/a b/cache/$i.tmp"; done
                        head -c 300000 /dev/urandom > Users/c/cache/x.tmp
                        head -c 300000 /dev/urandom > Users/c/cache/kept
                        """.formatted(root));
                others[0] = Shell.run(hash.formatted(root));
            });
        });
        Path target = new Lab(folder).disk("target", size);
        CaptureOptions options = new CaptureOptions(
                IfLocked.RAW,
                List.of(ignoresCase ? "/pagefile.sys" : "PageFile.sys", "Users/*/cache/*.tmp", "nothing/*"),
                Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            long all = Lab.captured(source, CaptureOptions.USUAL, store).usedBytes();
            Manifest manifest = Lab.captured(source, options, store);
            assertThat(manifest.notes())
                    .singleElement()
                    .asString()
                    .contains(
                            "is without the content of /PageFile.sys",
                            "/Users/a b/cache/2.tmp",
                            "/Users/c/cache/x.tmp");
            long most = ignoresCase ? all : all - 21_000_000; // the usual options know pagefile.sys
            assertThat(manifest.usedBytes()).isLessThan(most);
            assertThat(Lab.restore(manifest, store, target, 512).verified()).isTrue();
        }
        Lab.attached(target, 512, node -> {
            Shell.run(check + " " + node);
            Lab.mounted(mount + " -o ro", node.toString(), root -> {
                assertThat(Shell.run(hash.formatted(root))).isEqualTo(others[0]);
                Shell.run(
                        "cmp -n 20000000 '%1$s/PageFile.sys' /dev/zero; cmp -n 300000 '%1$s/Users/c/cache/x.tmp' /dev/zero"
                                .formatted(root));
            });
        });
    }

    @ParameterizedTest(name = "FAT{0}")
    @CsvSource({"12, 8M", "16, 64M", "32, 300M"})
    void theSameOfFatByLongNamesInAnyCase(int bits, String size) throws IOException {
        Path source = new Lab(folder).disk("source", size);
        Shell.run("""
                cd '%s'; export LC_ALL=C.UTF-8
                mkfs.vfat -F %d '%s' >/dev/null
                head -c 700000 /dev/urandom > PageFile.sys
                mkdir -p 'A long name/cache'
                for i in 1 2 3; do head -c 100000 /dev/urandom > "A long name/cache/$i was left here.tmp"; done
                head -c 300000 /dev/urandom > 'A long name/cache/kept'
                mcopy -s -i '%3$s' 'A long name' PageFile.sys ::
                """.formatted(folder, bits, source));
        Path target = new Lab(folder).disk("target", size);
        CaptureOptions options = new CaptureOptions(
                IfLocked.RAW, List.of("PAGEFILE.SYS", "A long */cache/? was*.tmp"), Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            CaptureOptions nothing = new CaptureOptions(IfLocked.RAW, List.of(), Passphrases.NONE);
            long all = Lab.captured(source, nothing, store).usedBytes();
            Manifest manifest = Lab.captured(source, options, store);
            assertThat(manifest.notes())
                    .singleElement()
                    .asString()
                    .contains("/PageFile.sys, /A long name/cache/", "/2 was left here.tmp");
            assertThat(manifest.usedBytes()).isLessThan(all - 900_000);
            assertThat(Lab.restore(manifest, store, target, 512).verified()).isTrue();
        }
        Shell.run("""
                cd '%s'; export LC_ALL=C.UTF-8
                fsck.vfat -n '%2$s'
                mkdir out; mcopy -s -n -i '%2$s' ::/ out
                cmp 'out/A long name/cache/kept' 'A long name/cache/kept'
                cmp -n 700000 out/PageFile.sys /dev/zero
                cmp -n 100000 'out/A long name/cache/3 was left here.tmp' /dev/zero
                """.formatted(folder, target));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"verity, 0x180000, checksums", "encrypted, 0x80800, is encrypted"})
    void aFileOfExt4ThatWouldNotReadAsZerosKeepsItsContent(String kind, String flags, String why) throws IOException {
        Path source = new Lab(folder).disk("source", "40M");
        Shell.run("""
                cd '%1$s'; head -c 300000 /dev/urandom > secret; mkfs.ext4 -q -F '%2$s'
                debugfs -w -R 'write secret secret' '%2$s'; debugfs -w -R 'set_inode_field secret flags %3$s' '%2$s'
                """.formatted(folder, source, flags));
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of("/secret"), Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThat(Lab.captured(source, options, store).notes())
                    .singleElement()
                    .asString()
                    .contains("keeps the content of /secret: ", why);
        }
    }

    /** Android's images (mke2fs of its own, tune2fs cannot): blocks of one content are there once, for all files that have it. */
    @Test
    void filesOfAnExt4ThatMayShareTheirBlocksKeepTheirContent() throws IOException {
        Path source = new Lab(folder).disk("source", "40M");
        Shell.run("""
                cd '%1$s'; head -c 300000 /dev/urandom > secret; mkfs.ext4 -q -F '%2$s'
                debugfs -w -R 'write secret secret' '%2$s'; debugfs -w -R 'feature shared_blocks' '%2$s'
                """.formatted(folder, source));
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of("/secret"), Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThat(Lab.captured(source, options, store).notes())
                    .singleElement()
                    .asString()
                    .contains("is with all of its files", "shared_blocks");
        }
    }

    /** A cache that links to what it was filled from (uv, pnpm, ccache, WinSxS) must not take that along. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "NTFS, 40M, -t ntfs-3g, mkntfs -q -Q -F",
        "ext4, 40M, -t ext4, mkfs.ext4 -q",
        "XFS, 304M, -t xfs, mkfs.xfs -q",
    })
    void aFileWithAnotherNameThatStaysKeepsItsContent(String name, String size, String mount, String make)
            throws IOException {
        Path source = new Lab(folder).disk("source", size);
        String[] hash = {""};
        Lab.attached(source, 512, node -> {
            Shell.run(make + " " + node);
            Lab.mounted(mount, node.toString(), root -> hash[0] = Shell.run("""
                    cd '%s'; mkdir cache work
                    head -c 900000 /dev/urandom > work/mine; ln work/mine cache/mine
                    head -c 900000 /dev/urandom > cache/one; ln cache/one cache/two
                    sha256sum work/mine cache/mine
                    """.formatted(root)));
        });
        Path target = new Lab(folder).disk("target", size);
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of("cache/*"), Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.captured(source, options, store);
            assertThat(manifest.notes())
                    .anySatisfy(
                            note -> assertThat(note).contains("keeps the content of /cache/mine: it has other names"))
                    .anySatisfy(note -> assertThat(note).contains("is without the content of /cache/one, /cache/two:"));
            Lab.restore(manifest, store, target, 512);
        }
        Lab.attached(
                target,
                512,
                node -> Lab.mounted(
                        mount + " -o ro",
                        node.toString(),
                        root -> assertThat(Shell.run("cd '%s'; sha256sum work/mine cache/mine".formatted(root)))
                                .isEqualTo(hash[0])));
    }

    @Test
    void whatSharesItsBlocksWithAnotherFileOfXfsStays() throws IOException {
        Path source = new Lab(folder).disk("source", "304M");
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.xfs -q " + node);
            Lab.mounted("-t xfs", node.toString(), root -> Shell.run("""
                            cd '%s'
                            head -c 300000 /dev/urandom > kept
                            cp --reflink=always kept shared.tmp
                            cp --reflink=never kept own.tmp
                            """.formatted(root)));
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of("*.tmp"), Passphrases.NONE);
            assertThat(Lab.captured(source, options, store).notes())
                    .anySatisfy(
                            note -> assertThat(note).contains("keeps the content of /shared.tmp: it shares its data"))
                    .anySatisfy(
                            note -> assertThat(note).endsWith("is without the content of /own.tmp: it reads as zeros"));
        }
    }

    /** A disk that turns keeps what is only discarded; a Windows that was hibernated there had its file at the same place. */
    @Test
    void aDiskThatCannotTrimMakesNoRestoredWindowsLookHibernated() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> {
            Shell.run("mkntfs -q -Q -F " + node);
            Lab.mounted(
                    "-t ntfs-3g",
                    node.toString(),
                    root -> Shell.run("head -c 9M /dev/zero | tr '\\0' x > '%s/hiberfil.sys'".formatted(root)));
        });
        Path target = new Lab(folder).disk("target", "64M");
        Shell.run("head -c 16M /dev/zero | sed 's/\\x00/hibr/g' > '%s'".formatted(target));
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk file = DiskFile.open(target, 512, Access.READ_WRITE)) {
            Manifest manifest = Lab.captured(source, CaptureOptions.USUAL, store);
            assertThat(manifest.notes()).singleElement().asString().contains("without the content of /hiberfil.sys");
            new Restore(store.source(), 2).restore(manifest, List.of(new Untrimmed(file)), Progress.SILENT);
        }
        Shell.run("ntfs-3g.probe --readwrite '%s'".formatted(target));
    }

    private record Untrimmed(Disk disk) implements DiskOver {
        @Override
        public void discard(long offset, long length) {}
    }

    private Path withBitLocker() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Shell.run("""
                cd '%s'
                printf 'label: gpt\\nsize=16M\\nsize=16M\\n' | sfdisk -q source
                printf '\\353\\130\\220-FVE-FS-' | dd of=source bs=1M seek=1 conv=notrunc status=none
                """.formatted(folder));
        return source;
    }

    /** Linux takes a swap file of Btrfs only without copy on write, and then its data have no checksums. */
    @Test
    void ofBtrfsSwapFilesAreLeftOutAndWhatHasChecksumsOrIsInASnapshotStays() throws IOException {
        Path source = new Lab(folder).disk("source", "400M");
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.btrfs -q " + node);
            Lab.mounted("-t btrfs", node.toString(), root -> Shell.run("""
                    cd '%s'
                    btrfs -q subvolume create @rootfs; btrfs -q subvolume create @home; mkdir -p deep
                    btrfs -q subvolume create deep/now; btrfs -q subvolume set-default deep/now
                    for each in @rootfs/swapfile deep/now/swapfile @home/taken.swap; do
                      touch $each; chattr +C $each; head -c 30000000 /dev/urandom >> $each
                    done
                    mkswap -q -U 11111111-2222-3333-4444-555555555555 @rootfs/swapfile
                    head -c 3000000 /dev/urandom > @rootfs/kept.swap
                    btrfs -q subvolume snapshot @home @snapshot
                    """.formatted(root)));
        });
        Path target = new Lab(folder).disk("target", "400M");
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of("swapfile", "*.swap"), Passphrases.NONE);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            long all = Lab.captured(source, CaptureOptions.USUAL, store).usedBytes();
            Manifest manifest = Lab.captured(source, options, store);
            assertThat(manifest.notes()).hasSize(2);
            assertThat(manifest.notes().getFirst())
                    .contains(
                            "keeps the content of /@home/taken.swap: it shares its data",
                            "/@snapshot/taken.swap: it shares its data",
                            "/@rootfs/kept.swap: its data have checksums");
            assertThat(manifest.notes().getLast())
                    .endsWith(
                            "is without the content of /@rootfs/swapfile, /deep/now/swapfile: it reads as zeros, but for the"
                                    + " first page of swap files");
            assertThat(all - manifest.usedBytes()).isBetween(59_000_000L, 61_000_000L);
            assertThat(Lab.restore(manifest, store, target, 512).verified()).isTrue();
        }
        String hash = "cd '%s'; sha256sum @home/taken.swap @snapshot/taken.swap @rootfs/kept.swap";
        String[] was = {""};
        Lab.attached(
                source,
                512,
                node -> Lab.mounted(
                        "-t btrfs -o ro,subvolid=5",
                        node.toString(),
                        root -> was[0] = Shell.run(hash.formatted(root))));
        Lab.attached(target, 512, node -> {
            Shell.run("btrfs check --readonly --check-data-csum " + node);
            Lab.mounted("-t btrfs -o ro,subvolid=5", node.toString(), root -> {
                assertThat(Shell.run(hash.formatted(root))).isEqualTo(was[0]);
                Shell.run("""
                        cd '%s'
                        cmp -n 30000000 deep/now/swapfile /dev/zero; cmp -i 4096 -n 29995904 @rootfs/swapfile /dev/zero
                        blkid -p @rootfs/swapfile | grep 11111111-2222-3333-4444-555555555555
                        for each in @rootfs/swapfile deep/now/swapfile; do test $(stat -c %%s $each) = 30000000; done
                        """.formatted(root));
            });
        });
    }

    /** A PC's disk that was cloned to a larger one: nobody asked for the growth. */
    @Test
    void nothingGrowsOverAPartitionThatTheImageHasNotAndTheLargerDiskHas() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> Shell.run("""
                printf 'label: gpt\\nsize=16M\\nsize=8M\\n' | sfdisk -q %1$s
                partx -d %1$s 2>/dev/null || true; partx -a %1$s
                mkfs.ext4 -q %1$sp1; printf '\\353\\130\\220-FVE-FS-' | dd of=%1$sp2 conv=notrunc status=none
                """.formatted(node)));
        List<String> said = new ArrayList<>();
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            CaptureOptions skip = new CaptureOptions(IfLocked.SKIP, List.of(), Passphrases.NONE);
            Manifest image = Lab.captured(source, skip, store);
            Path target = folder.resolve("target");
            Shell.run("cp '%1$s' '%2$s'; truncate -s 96M '%2$s'; sgdisk -e '%2$s'".formatted(source, target));
            try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                    Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                Restore restore = new Restore(store.source(), 2);
                assertThat(restore.restore(image, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add)
                                .complete())
                        .isTrue();
                Wishes first = new Wishes(Set.of(), new Wishes.Grow(1));
                assertThatThrownBy(() -> restore.restore(image, List.of(disk), first, Progress.SILENT, said::add))
                        .as("somebody's word")
                        .hasMessageContaining("has in partition 2 would be lost");
            }
            Partition skipped = PartitionTable.partitions(
                            image.disks().getFirst().table(), 512)
                    .getLast();
            Shell.run("cmp -i %d -n %d '%s' '%s'".formatted(skipped.start(), skipped.length(), source, target));
        }
        assertThat(said)
                .anyMatch(words -> words.startsWith("the space that a disk has more stays free (the image has"));
    }

    @Test
    void aBitLockerPartitionIsNamedAndTakenWholeOrSkippedOrStopsTheCaptureAsChosen() throws IOException {
        Path source = withBitLocker();
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            CaptureOptions raw = CaptureOptions.USUAL;
            Manifest whole = Lab.captured(source, raw, store);
            assertThat(whole.notes())
                    .singleElement()
                    .asString()
                    .contains("(bitlocker) is taken whole: it is encrypted");
            Manifest without =
                    Lab.captured(source, new CaptureOptions(IfLocked.SKIP, List.of(), Passphrases.NONE), store);
            assertThat(without.notes()).singleElement().asString().contains("(bitlocker) is not in the image");
            assertThat(without.disks().getFirst().regions())
                    .extracting(Region::partition)
                    .contains(2)
                    .doesNotContain(1);
            Path target = new Lab(folder).disk("target", "64M");
            Shell.run("head -c 64M /dev/urandom > '%1$s'; cp '%1$s' '%1$s.before'".formatted(target));
            assertThat(Lab.restore(without, store, target, 512).verified()).isTrue();
            Partition skipped = PartitionTable.partitions(
                            without.disks().getFirst().table(), 512)
                    .getFirst();
            assertThat(skipped.number()).isEqualTo(1);
            Shell.run("cmp -i %d -n %d '%3$s' '%3$s.before'".formatted(skipped.start(), skipped.length(), target));
            Lab.restore(without, store, target, 512);
            Shell.run("printf ',8M\\n' | sfdisk -q -N 1 '%s'".formatted(target));
            String other = Lab.sha256(target);
            assertThatThrownBy(() -> Lab.restore(without, store, target, 512))
                    .hasMessageContaining("has in partition 1 would be lost")
                    .hasMessageContaining("on this disk it has 8388608 octets at 1048576 octets");
            assertThat(Lab.sha256(target)).isEqualTo(other);
            Shell.run(
                    "sfdisk -q --disk-id '%1$s' 22222222-0000-4000-8000-000000000002; sfdisk -q --part-uuid '%1$s' 1 11111111-0000-4000-8000-000000000001"
                            .formatted(target));
            assertThat(Lab.restore(without, store, target, 512).verified())
                    .as("another disk's partition of that number")
                    .isTrue();
            assertThatThrownBy(() ->
                            Lab.captured(source, new CaptureOptions(IfLocked.STOP, List.of(), Passphrases.NONE), store))
                    .hasMessageContaining("stopped before it began")
                    .hasMessageContaining("BitLocker");
        }
    }
}
