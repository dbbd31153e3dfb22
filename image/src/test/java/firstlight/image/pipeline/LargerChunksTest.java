package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.CapturePlan;
import firstlight.image.chunk.Chunk;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.ChunkOrder;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.Difference;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageFile;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.Publication;
import firstlight.image.store.VersionNotes;
import firstlight.image.view.ImageDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a disk with terabytes in use gets, on a small one: chunks of which fewer are enough. */
class LargerChunksTest {
    private static final ImageName NAME = new ImageName("server");

    @TempDir
    Path folder;

    private Lab lab;
    private ImageStore store;
    private Path source;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** A partition of noise with an odd length, and one with twice the same and zeros; space in use between them. */
    @BeforeEach
    void aDiskOfPartitions() throws IOException {
        lab = new Lab(folder);
        store = DiskStore.open(folder.resolve("store"));
        source = lab.disk("source", "64M");
        Shell.run("""
                printf 'label: gpt\\nstart=2048,size=33555\\nstart=40960,size=30M\\n' | sfdisk -q '%1$s'
                head -c 16M /dev/urandom | dd of='%1$s' bs=1M seek=1 conv=notrunc status=none
                dd if='%1$s' of='%1$s' bs=1M skip=1 seek=24 count=6 conv=notrunc status=none
                seq 1 300000 | dd of='%1$s' bs=1M seek=40 conv=notrunc status=none
                """.formatted(source));
    }

    @AfterEach
    void closeTheStore() throws IOException {
        store.close();
    }

    private static Manifest capture(Disk disk, ImageStore store, int atMost) throws IOException {
        CapturePlan plan = Capture.plan(List.of(disk), CaptureOptions.USUAL, Progress.SILENT);
        return new Capture(store.sink(), Lab.THREADS, "test")
                .capture(plan.ofAtMost(atMost), Progress.SILENT)
                .manifest();
    }

    private ImageVersion version(int atMost) throws IOException {
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            return published(capture(disk, store, atMost));
        }
    }

    private ImageVersion published(Manifest manifest) throws IOException {
        if (store.publish(NAME, manifest) instanceof Publication.Published published) {
            return published.version();
        }
        throw new AssertionError("not published");
    }

    private RestoreSummary restored(Manifest manifest, Path target) throws IOException {
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            return new Restore(store.source(), Lab.THREADS).restore(manifest, List.of(disk), Progress.SILENT);
        }
    }

    private Path rubbish(String name) throws IOException {
        Path target = lab.usedDisk(name, "64M");
        return target;
    }

    @ParameterizedTest
    @ValueSource(ints = {150, 80, 40})
    void anImageHasTheSmallestChunksOfWhichItMayHaveSoMany(int atMost) throws IOException {
        Manifest manifest = store.open(version(atMost));
        assertThat(manifest.chunkSize()).isEqualTo(Chunk.SIZE * (atMost == 150 ? 2 : atMost == 80 ? 4 : 8));
        Path target = rubbish("target");
        assertThat(restored(manifest, target).verified()).isTrue();
        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
    }

    @Test
    void whatNoChunksAreLargeEnoughForIsRefusedBeforeItIsRead() throws IOException {
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            assertThatThrownBy(() -> capture(disk, store, 20))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("The disk holds more than one image can")
                    .hasMessageContaining("TB are in use");
        }
        assertThat(store.collect(true, Progress.SILENT).chunks()).isZero();
    }

    @Test
    void aDiskThatHoldsMostOfItIsGivenTheRestAndNoMore() throws IOException {
        Manifest manifest = store.open(version(40));
        Path target = rubbish("target");
        restored(manifest, target);
        Shell.run("head -c 100 /dev/urandom | dd of='%s' bs=1M seek=26 conv=notrunc status=none".formatted(target));
        RestoreSummary again = restored(manifest, target);
        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
        assertThat(again.writtenBytes()).isBetween(1L, 2L * Chunk.LARGEST);
    }

    @Test
    void theNextVersionIsKeptAsItsDifferencesAndAllAreCheckedAndCollected() throws IOException {
        ImageVersion first = version(40);
        Shell.run(
                "for i in $(seq 3 2 15); do head -c 5000 /dev/urandom | dd of='%s' bs=1M seek=$i conv=notrunc status=none; done"
                        .formatted(source));
        ImageVersion second = version(40);
        assertThat(store.repack(12, 2, Progress.SILENT).deltas()).isPositive();
        Path target = rubbish("target");
        assertThat(restored(store.open(second), target).verified()).isTrue();
        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
        store.remove(first, new VersionNotes.Entry(Instant.EPOCH, "test", "removed"));
        assertThat(store.collect(false, Progress.SILENT).chunks()).isPositive();
        store.close();
        Shell.run("rm '%s'/packs/*.list".formatted(folder.resolve("store"))); // every pack is read whole now
        store = DiskStore.open(folder.resolve("store"));
        assertThat(store.verify(second, Progress.SILENT)).isEmpty();
        restored(store.open(second), target);
        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
    }

    @Test
    void anotherSizeMakesAnotherImageOfWhichNothingIsMixedUp() throws IOException {
        ImageVersion usual = version(10_000);
        ImageVersion larger = version(40);
        assertThat(store.repack(12, 2, Progress.SILENT).deltas()).isZero();
        Difference difference = Difference.between(store.open(usual), store.open(larger));
        assertThat(difference.regions())
                .allSatisfy(region -> assertThat(region.octets()).isPositive());
        for (ImageVersion version : List.of(usual, larger)) {
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
            Path target = rubbish("target" + version.number());
            restored(store.open(version), target);
            assertThat(Files.mismatch(source, target)).isEqualTo(-1);
            restored(store.open(version.equals(usual) ? larger : usual), target);
            assertThat(Files.mismatch(source, target)).isEqualTo(-1);
        }
    }

    @Test
    void itGoesThroughAFileIntoAnotherStoreAndDamageIsNamedByItsPlace() throws IOException {
        ImageVersion version = version(40);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageFile.write(store, version, file, Progress.SILENT);
        Path there = folder.resolve("there");
        try (ImageStore other = DiskStore.open(there)) {
            ImageVersion imported = ImageFile.read(
                    new ByteArrayInputStream(file.toByteArray()),
                    other,
                    Optional.empty(),
                    new VersionNotes.Entry(Instant.EPOCH, "test", "imported"),
                    Progress.SILENT);
            assertThat(imported.digest()).isEqualTo(version.digest());
            Shell.run("printf x | dd of='%s/packs/00000001.pack' bs=1 seek=1500000 conv=notrunc status=none"
                    .formatted(there));
            assertThat(other.verify(imported, Progress.SILENT))
                    .singleElement()
                    .satisfies(damage -> assertThat(damage.places())
                            .anySatisfy(place -> assertThat(place.length()).isEqualTo(Chunk.LARGEST)));
        }
    }

    @Test
    void itIsReadAsADiskFromWhateverOffset() throws IOException {
        Manifest manifest = store.open(version(40));
        byte[] original = Files.readAllBytes(source);
        try (ImageDisk disk = ImageDisk.of("image", manifest.disks().getFirst(), store.source())) {
            for (int offset = 0; offset < original.length - 3_000_000; offset += 1_234_567) {
                ByteBuffer some = ByteBuffer.allocate(offset % 3 == 0 ? 3_000_000 : 512);
                disk.read(offset, some);
                assertThat(some.flip()).isEqualTo(ByteBuffer.wrap(original, offset, some.limit()));
            }
        }
        assertThat(ChunkOrder.of(manifest).size()).isLessThan(20);
    }

    /** Its extents of 4 MiB begin at 1 MiB, and chunks of 2 MiB cannot be moved with them: free extents go, nothing else. */
    @Test
    void aGroupOfLvmLosesItsFreeEndThoughThatCutsAChunk() throws IOException {
        source = lab.disk("source", "200M");
        Path target = lab.usedDisk("target", "161M");
        Lab.attached(source, 512, node -> {
            LvmResizeTest.lvm("pvcreate -q " + node, node);
            LvmResizeTest.lvm("vgcreate -q -s 4M flr " + node, node);
            LvmResizeTest.lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 40 -n root flr", node);
            Shell.run("head -c 160M /dev/urandom | dd of=%s bs=1M seek=1 conv=notrunc status=none".formatted(node));
            try (Disk disk = BlockDevice.open(node, Access.READ)) {
                Manifest manifest = store.open(published(capture(disk, store, 90)));
                assertThat(manifest.chunkSize()).isEqualTo(Chunk.LARGEST);
                Lab.attached(target, 512, other -> {
                    try (Disk smaller = BlockDevice.open(other, Access.READ_WRITE)) {
                        new Restore(store.source(), Lab.THREADS)
                                .restore(manifest, List.of(smaller), Wishes.USUAL, Progress.SILENT, words -> {});
                    }
                });
            }
        });
        Shell.run("cmp -i 1M -n 160M '%s' '%s'".formatted(source, target));
    }

    /** Half a chunk has no hash: what lies in the one that the new end cuts comes another way. */
    @ParameterizedTest
    @ValueSource(strings = {"mkfs.ext4 -q -b 4096", "mkntfs -q -Q"})
    void aFileSystemShrinksToAnEndThatCutsAChunk(String make) throws IOException {
        String mount = make.startsWith("mkntfs") ? "-t ntfs-3g" : "";
        String check = make.startsWith("mkntfs") ? "ntfsfix -n" : "e2fsck -f -n";
        source = lab.disk("source", "300M");
        String[] tree = {""};
        Manifest[] manifest = new Manifest[1];
        Lab.attached(source, 512, node -> {
            Shell.run("""
                    printf 'label: gpt\\nsize=250M\\nsize=20M\\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    %2$s %1$sp1 >/dev/null
                    """.formatted(node, make));
            Lab.mounted(mount, node + "p1", root -> {
                Shell.run("cd '%s'; head -c 30M /dev/urandom > a; head -c 90M /dev/urandom | split -b 1M - f"
                        .formatted(root));
                Shell.run("cd '%s'; rm a; sync -f .".formatted(root));
            });
            Lab.mounted(mount + " -o ro", node + "p1", root -> tree[0] = Tree.describe(root));
            try (Disk disk = BlockDevice.open(node, Access.READ)) {
                manifest[0] = store.open(published(capture(disk, store, 140)));
            }
        });
        assertThat(manifest[0].chunkSize()).isEqualTo(Chunk.LARGEST);
        Path target = lab.usedDisk("target", "215M");
        List<String> said = new ArrayList<>();
        Lab.attached(target, 512, node -> {
            try (Disk disk = BlockDevice.open(node, Access.READ_WRITE)) {
                new Restore(store.source(), Lab.THREADS)
                        .restore(manifest[0], List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
            }
            Shell.run("partx -d %1$s 2>/dev/null || true; partx -a %1$s; %2$s %1$sp1".formatted(node, check));
            Lab.mounted(
                    mount + " -o ro",
                    node + "p1",
                    root -> assertThat(Tree.describe(root)).isEqualTo(tree[0]));
        });
        assertThat(String.join("\n", said)).contains("partition 1", "shrinks from 250 MiB to 193 MiB");
    }
}
