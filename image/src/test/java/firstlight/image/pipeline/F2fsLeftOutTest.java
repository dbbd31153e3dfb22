package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of F2FS that an image does without. Made and read by its tools: the kernels of these tests do not know it. */
class F2fsLeftOutTest {
    private static final CaptureOptions ASKED = new CaptureOptions(
            IfLocked.RAW, List.of("swapfile", "home/*/cache/*.tmp", "many/*7", "small/*"), Passphrases.NONE);

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** The swap file is long enough for a node that lists nodes; {@code many} for several blocks of names. */
    private Path source(String make) throws IOException {
        Path source = new Lab(folder).disk("source", "160M");
        Lab.attached(source, 512, node -> Shell.run("""
                cd '%1$s'; mkdir -p tree/home/me/cache tree/many tree/small; cd tree
                head -c 30000000 /dev/urandom > swapfile; chmod 600 swapfile
                mkswap -q -U 11111111-2222-3333-4444-555555555555 swapfile
                for i in 1 2 3; do head -c 500000 /dev/urandom > "home/me/cache/$i was left here.tmp"; done
                head -c 500000 /dev/urandom > home/me/cache/kept
                head -c 500000 /dev/urandom > home/me/linked; ln home/me/linked home/me/cache/linked.tmp
                head -c 350000 /dev/urandom | split -b 5000 --numeric-suffixes - 'many/a file with the number '
                echo hi > small/one
                %2$s %3$s; sload.f2fs -P -f . %3$s
                """.formatted(folder, make, node)));
        return source;
    }

    /** All files as the tools give them out, by content, but for those that the image does without. */
    private String kept(Path disk) throws IOException {
        String[] said = {""};
        Lab.attached(disk, 512, node -> said[0] = Shell.run("""
                rm -rf '%1$s/out'; mkdir '%1$s/out'; cd '%1$s/out'
                fsck.f2fs -f --dry-run %2$s >/dev/null
                fsck.f2fs -t %2$s | grep -a '^|' | grep -a ino > tree
                for ino in $(sed -n 's/.*<ino = \\(0x[0-9a-f]*\\)>.*/\\1/p' tree); do
                  dump.f2fs -i $ino %2$s <<< y >/dev/null || true
                done
                cat tree; cd lost_found; ls | wc -l
                find . -type f ! -name swapfile ! -name '*.tmp' ! -name '*7' -print0 | sort -z | xargs -0 sha256sum
                sha256sum linked*
                """.formatted(folder, node)));
        return said[0];
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mkfs.f2fs -q -f",
                "mkfs.f2fs -q -f -O extra_attr,inode_checksum,inode_crtime,sb_checksum",
            })
    void theContentOfSwapFilesAndCachesReadsAsZerosAndAllElseIsThere(String make) throws IOException {
        Path source = source(make);
        Path target = new Lab(folder).disk("target", "160M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            long all = Lab.captured(source, CaptureOptions.USUAL, store).usedBytes();
            Manifest manifest = Lab.captured(source, ASKED, store);
            assertThat(manifest.notes()).hasSize(2);
            assertThat(manifest.notes().getFirst())
                    .contains("keeps the content of /home/me/cache/linked.tmp: it has other names (hard links)");
            assertThat(manifest.notes().getLast())
                    .contains(
                            "is without the content of /swapfile, /home/me/cache/",
                            "/2 was left here.tmp",
                            "but for the first page of swap files");
            assertThat(all - manifest.usedBytes())
                    .isBetween(31_500_000L + 7 * 8192 - 16384, 31_500_000L + 7 * 8192 + 16384);
            assertThat(Lab.restore(manifest, store, target, 512).verified()).isTrue();
        }
        String was = kept(source);
        assertThat(was).contains("linked");
        assertThat(kept(target)).isEqualTo(was);
        Shell.run("""
                cd '%s/out/lost_found'; blkid -p swapfile | grep -q 11111111-2222-3333-4444-555555555555
                cmp -i 4096 -n 29995904 swapfile /dev/zero; cmp -n 500000 '3 was left here.tmp' /dev/zero
                cmp -n 5000 'a file with the number 67' /dev/zero
                """.formatted(folder));
    }

    /** A map of a file that is not believed is one by which nothing is left out. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a node with another number, 4072, 'is another one'",
        "a block that no file can have, 360, 'is none that files can have'",
        "a count of blocks that is wrong, 24, 'blocks, and says'",
    })
    void whatContradictsItselfIsTakenWithAllOfItsFiles(String name, int at, String words) throws IOException {
        Path source = source("mkfs.f2fs -q -f");
        // The swap file's inode, known by its name in it.
        Shell.run("""
                name=$(grep -a -b -o -m1 -P '\\x08\\0\\0\\0swapfile\\0' '%1$s' | head -n 1 | cut -d: -f1)
                inode=$((name - 88)); test $((inode %% 4096)) = 0
                printf '\\1\\2\\3' | dd of='%1$s' bs=1 seek=$((inode + %2$d)) conv=notrunc status=none
                """.formatted(source, at));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            long all = Lab.captured(source, CaptureOptions.USUAL, store).usedBytes();
            Manifest manifest = Lab.captured(source, ASKED, store);
            assertThat(manifest.notes())
                    .singleElement()
                    .asString()
                    .contains("(f2fs) is with all of its files: ", words);
            assertThat(manifest.usedBytes()).isEqualTo(all);
        }
    }

    /** As mkfs makes it: the tables' newest changes are in the journal of a checkpoint whose summaries lie close together. */
    @Test
    void anEmptyOneHasNothingToLeaveOut() throws IOException {
        Path source = new Lab(folder).disk("source", "160M");
        Shell.run("mkfs.f2fs -q -f -O extra_attr,flexible_inline_xattr '%s'".formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThat(Lab.captured(source, ASKED, store).notes()).isEmpty();
        }
    }
}
