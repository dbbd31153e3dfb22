package firstlight.image.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Tool;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.PartitionTable;
import firstlight.testkit.CodecLaws;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeDataTest {
    private static final SafeData DATA = SafeData.of(Map.of(
            SafeData.IDENTITY,
            "00ff".repeat(8),
            SafeData.COMPUTER_NAME,
            "PC-03",
            SafeData.WRITTEN,
            "2026-11-22T10:00:00Z"));

    @TempDir
    private Path folder;

    @Test
    void aBlockHoldsTheLawsOfCodecs() {
        CodecLaws<SafeBlock> laws = new CodecLaws<>(SafeBlock::decode, SafeBlock::encode, MalformedSafeData.class);
        laws.hold(new SafeBlock(1 << 20, DATA));
        laws.hold(new SafeBlock(-1, SafeData.of(Map.of("x", "größer = kleiner"))));
        laws.hold(new SafeBlock(0, SafeData.of(Map.of())));
        laws.byteForByte(new SafeBlock(4096, DATA).encode());
    }

    @Test
    void whatDoesNotFitOrIsNoLineIsRefused() {
        assertThatThrownBy(() -> SafeData.of(Map.of("x", "y".repeat(3_500))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too many");
        assertThatThrownBy(() -> SafeData.of(Map.of("Name", "y"))).hasMessageContaining("small letters");
        assertThatThrownBy(() -> SafeData.of(Map.of("name", "a\nb"))).hasMessageContaining("one line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "dos"})
    void isFoundWhereItWasWrittenAndInTheNewerCopyWhenOneIsDamaged(String label) throws Exception {
        try (Disk disk = disk(label, "start=2048")) {
            assertThat(SafeArea.find(disk)).isEmpty();
            assertThat(SafeArea.write(disk, DATA)).isEmpty();
            assertThat(SafeArea.find(disk)).contains(DATA);
            assertThat(SafeArea.blocks(disk)).extracting(SafeBlock::offset).containsExactly(983_040L, 1_040_384L);

            SafeData newer = DATA.with(Map.of(SafeData.JUST_IMAGED, "yes", SafeData.WRITTEN, "2026-11-23T10:00:00Z"));
            assertThat(SafeArea.write(disk, newer)).isEmpty();
            disk.write(1_040_384, ByteBuffer.wrap("x".repeat(512).getBytes(StandardCharsets.US_ASCII)));
            assertThat(SafeArea.find(disk)).contains(newer);
            assertThat(SafeArea.clear(disk)).isEqualTo(1);
            assertThat(SafeArea.find(disk)).isEmpty();
        }
    }

    @Test
    void liesBeforeTheFirstPartitionOfADiskWithLargeSectorsToo() throws Exception {
        Path file = empty("large");
        try (LoopDevice loop = LoopDevice.attach(file, 4096, Access.READ_WRITE)) {
            table(loop.node(), "gpt", "start=256");
        }
        try (Disk disk = DiskFile.open(file, 4096, Access.READ_WRITE)) {
            assertThat(SafeArea.write(disk, DATA)).isEmpty();
            assertThat(SafeArea.find(disk)).contains(DATA);
        }
    }

    /** As a Raspberry Pi's disk has it, and who reserves room for a boot loader. */
    @ParameterizedTest
    @ValueSource(strings = {"start=8192", "start=16384"})
    void isFoundBeforeAFirstPartitionThatStartsLateToo(String partition) throws Exception {
        try (Disk disk = disk("gpt", partition)) {
            assertThat(SafeArea.write(disk, DATA)).isEmpty();
            assertThat(SafeArea.find(disk)).contains(DATA);
            assertThat(SafeArea.blocks(disk)).hasSize(2);
            assertThat(script("get", "computer-name").output()).isEqualTo("PC-03");
            assertThat(SafeArea.clear(disk)).isEqualTo(2);
        }
    }

    @Test
    void isFoundAlsoWhenTheTableIsGone() throws Exception {
        try (Disk disk = disk("gpt", "start=2048")) {
            SafeArea.write(disk, DATA);
            disk.zero(0, 34 * 512);
            assertThat(SafeArea.find(disk)).contains(DATA);
        }
    }

    @Test
    void aDiskWithoutRoomIsANormalCase() throws Exception {
        try (Disk disk = disk("dos", "start=63")) {
            assertThat(SafeArea.write(disk, DATA)).contains("its first partition starts at 31 KiB, before 1 MiB");
            assertThat(SafeArea.find(disk)).isEmpty();
        }
        Path file = folder.resolve("bare");
        Files.write(file, new byte[8 << 20]);
        try (Disk bare = DiskFile.open(file, 512, Access.READ_WRITE)) {
            assertThat(SafeArea.write(bare, DATA)).contains("it has no partition table");
        }
    }

    @Test
    void aCopyThatWasSpoiltIsWrittenAnew() throws Exception {
        try (Disk disk = disk("gpt", "start=2048")) {
            assertThat(SafeArea.write(disk, DATA)).isEmpty();
            disk.write(983_040 + 40, noise(8));
            assertThat(SafeArea.blocks(disk)).extracting(SafeBlock::offset).containsExactly(1_040_384L);

            assertThat(SafeArea.write(disk, DATA)).isEmpty();
            assertThat(SafeArea.blocks(disk)).hasSize(2);
        }
    }

    /** As of FreeBSD: nobody would look for them behind it, and the next image of the disk would have them. */
    @Test
    void noneStaysBehindAFirstPartitionThatStartsEarly() throws Exception {
        Path source = empty("source");
        table(source, "gpt\nfirst-lba: 34", "start=40, size=1024\nstart=2048");
        Path target = empty("target");
        table(target, "gpt", "start=2048");
        try (Disk disk = DiskFile.open(source, 512, Access.READ_WRITE);
                ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk restored = DiskFile.open(target, 512, Access.READ_WRITE)) {
            disk.write(2 << 20, noise(4 << 20));
            Manifest manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
            assertThat(SafeArea.write(restored, DATA)).isEmpty();

            new Restore(store.source(), 2).restore(manifest, List.of(restored), Progress.SILENT);

            assertThat(Files.mismatch(target, source)).isEqualTo(-1);
        }
    }

    @Test
    void whatSomebodyElsePutThereStays() throws Exception {
        try (Disk disk = disk("dos", "start=2048")) {
            disk.write(983_040, ByteBuffer.wrap("LOADER".repeat(200).getBytes(StandardCharsets.US_ASCII)));
            assertThat(SafeArea.write(disk, DATA).orElseThrow()).startsWith("something else lies");
            assertThat(SafeArea.find(disk)).isEmpty();
        }
    }

    /** Whose unused entries are zeros as well: sgdisk -j, for boards whose boot loader wants their usual place. */
    @Test
    void aTableThatLiesThereIsNotWrittenInto() throws Exception {
        try (Disk disk = disk("gpt", "start=2048")) {
            Path file = folder.resolve("disk-gpt");
            Tool moved = Tool.run(List.of("sgdisk", "-j", "2016", file.toString()));
            assertThat(moved.succeeded()).as(moved.output()).isTrue();
            assertThat(SafeArea.write(disk, DATA).orElseThrow()).startsWith("its partition table lies");
            assertThat(Tool.run(List.of("sgdisk", "--verify", file.toString())).output())
                    .contains("No problems found");
        }
    }

    /** Power goes, a server is away: a PC may have its address from them. */
    @ParameterizedTest(name = "a master of {0} {1}, onto {2}")
    @CsvSource({
        "gpt, without such data, gpt",
        "gpt, with its own, dos",
        "dos, with a loader in its first sectors, gpt",
    })
    void aRestoreThatDoesNotReachItsEndLeavesThem(String master, String how, String before) throws Exception {
        Path target = empty("target");
        table(target, before, "start=2048");
        try (Disk disk = disk(master, "start=2048");
                ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk restored = DiskFile.open(target, 512, Access.READ_WRITE)) {
            disk.write(2 << 20, noise(4 << 20));
            switch (how) {
                case "with its own" -> SafeArea.write(disk, DATA.with(Map.of(SafeData.COMPUTER_NAME, "MASTER")));
                case "with a loader in its first sectors" -> disk.write(512, noise(120 << 10));
                default -> assertThat(how).isEqualTo("without such data");
            }
            Manifest manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
            SafeArea.clear(disk);
            restored.write(1 << 20, noise(14 << 20));
            assertThat(SafeArea.write(restored, DATA)).isEmpty();
            List<SafeBlock> were = SafeArea.blocks(restored);

            Restore restore = new Restore(store.source(), 2);
            for (int attempt = 0; attempt < 3; attempt++) { // the second finds the image there already
                assertThatThrownBy(() -> restore.restore(manifest, List.of(restored), SafeDataTest::cut))
                        .hasMessage("cut off");
                assertThat(PartitionTable.read(restored).partitions()).isEmpty();
                assertThat(SafeArea.blocks(restored)).isEqualTo(were);
                if (attempt == 1) { // a cell of the gap that differs is written again
                    restored.write(200 << 10, noise(4 << 10));
                    restored.write(900 << 10, noise(4 << 10));
                }
            }
            assertThat(restore.restore(manifest, List.of(restored), Progress.SILENT)
                            .verified())
                    .isTrue();
            assertThat(SafeArea.blocks(restored)).isEqualTo(were);
            SafeArea.clear(restored);
            assertThat(Files.mismatch(target, folder.resolve("disk-" + master))).isEqualTo(-1);
        }
    }

    private static void cut(Progress.Phase phase, long done, long total) throws IOException {
        if (phase == Progress.Phase.VERIFYING) {
            throw new IOException("cut off");
        }
    }

    private static ByteBuffer noise(int length) {
        byte[] noise = new byte[length];
        ThreadLocalRandom.current().nextBytes(noise);
        return ByteBuffer.wrap(noise);
    }

    /** An image's own boot loader is what the disk is to have. */
    @Test
    void whatAnImageHasThereComesOverThem() throws Exception {
        Path target = empty("target");
        table(target, "gpt", "start=2048");
        try (Disk disk = disk("dos", "start=2048");
                ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk restored = DiskFile.open(target, 512, Access.READ_WRITE)) {
            disk.write(512, noise((1 << 20) - 512));
            Manifest manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
            assertThat(SafeArea.write(restored, DATA)).isEmpty();
            new Restore(store.source(), 2).restore(manifest, List.of(restored), Progress.SILENT);
            assertThat(Files.mismatch(target, folder.resolve("disk-dos"))).isEqualTo(-1);
        }
    }

    @Test
    void aCaptureLeavesItOutAndTheDiskAsItIs() throws Exception {
        byte[] loader = "a loader of somebody's".getBytes(StandardCharsets.US_ASCII);
        Path target = folder.resolve("target");
        Files.write(target, new byte[16 << 20]);
        try (Disk disk = disk("gpt", "start=2048");
                ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk restored = DiskFile.open(target, 512, Access.READ_WRITE)) {
            disk.write(40 * 512, ByteBuffer.wrap(Arrays.copyOf(loader, 512)));
            SafeArea.write(disk, DATA);
            byte[] before = Files.readAllBytes(folder.resolve("disk-gpt"));
            Manifest manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
            assertThat(Files.readAllBytes(folder.resolve("disk-gpt"))).isEqualTo(before);

            new Restore(store.source(), 2).restore(manifest, List.of(restored), Progress.SILENT);
            assertThat(SafeArea.find(restored)).isEmpty();
            byte[] whole = Files.readAllBytes(target);
            assertThat(Arrays.copyOfRange(whole, 40 * 512, 40 * 512 + loader.length))
                    .isEqualTo(loader);
            assertThat(new String(whole, StandardCharsets.ISO_8859_1)).doesNotContain("PC-03");
        }
    }

    @Test
    void aCaptureOfADiskThatLostItsTableLeavesItOutToo() throws Exception {
        Path target = folder.resolve("target");
        Files.write(target, new byte[16 << 20]);
        try (Disk disk = disk("gpt", "start=2048");
                ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk restored = DiskFile.open(target, 512, Access.READ_WRITE)) {
            SafeArea.write(disk, DATA);
            disk.zero(0, 34 * 512);
            disk.zero(disk.size() - 34 * 512, 34 * 512);
            byte[] somebodys = "what is on it".getBytes(StandardCharsets.US_ASCII);
            disk.write(2 << 20, ByteBuffer.wrap(Arrays.copyOf(somebodys, 512)));
            Manifest manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();

            new Restore(store.source(), 2).restore(manifest, List.of(restored), Progress.SILENT);
            String whole = Files.readString(target, StandardCharsets.ISO_8859_1);
            assertThat(whole).contains("what is on it").doesNotContain("PC-03").doesNotContain("FLSAFE");
        }
    }

    /** A system that was restored reads and changes them with dd, od and gzip. */
    @Test
    void theScriptForRestoredSystemsReadsThemAndTakesNotice() throws Exception {
        try (Disk disk = disk("gpt", "start=2048")) {
            assertThat(script("show").succeeded()).as("there are none").isFalse();
            SafeData imaged = DATA.with(Map.of(SafeData.JUST_IMAGED, "yes", SafeData.NETWORK, "10.1.0.9/24"));
            SafeArea.write(disk, imaged);
            assertThat(script("get", "network").output()).isEqualTo("10.1.0.9/24");

            Tool taken = script("taken");
            assertThat(taken.succeeded()).as(taken.output()).isTrue();
            Tool set = script("set", "shelf=größer = 7", "network=");
            assertThat(set.succeeded()).as(set.output()).isTrue();

            SafeData now = SafeArea.find(disk).orElseThrow();
            assertThat(now.values())
                    .containsEntry(SafeData.JUST_IMAGED, "no")
                    .containsEntry(SafeData.COMPUTER_NAME, "PC-03")
                    .containsEntry("shelf", "größer = 7")
                    .doesNotContainKey(SafeData.NETWORK);
            assertThat(now.written()).isAfter(DATA.written());
            assertThat(SafeArea.blocks(disk)).extracting(SafeBlock::data).containsExactly(now, now);
            assertThat(script("set", "Name=x").output()).contains("'Name' is no key");
        }
    }

    private Tool script(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "../docs/examples/firstlight-safe",
                "--disk",
                folder.resolve("disk-gpt").toString()));
        command.addAll(List.of(words));
        return Tool.run(command);
    }

    private Disk disk(String label, String partition) throws Exception {
        Path file = empty("disk-" + label);
        table(file, label, partition);
        return DiskFile.open(file, 512, Access.READ_WRITE);
    }

    private Path empty(String name) throws Exception {
        Path file = folder.resolve(name);
        try (RandomAccessFile empty = new RandomAccessFile(file.toFile(), "rw")) {
            empty.setLength(0);
            empty.setLength(16 << 20);
        }
        return file;
    }

    private static void table(Path disk, String label, String partition) throws Exception {
        Tool tool = Tool.run(
                List.of("sh", "-c", "printf 'label: " + label + "\n" + partition + "\n' | sfdisk --quiet " + disk));
        assertThat(tool.succeeded()).as(tool.output()).isTrue();
    }
}
