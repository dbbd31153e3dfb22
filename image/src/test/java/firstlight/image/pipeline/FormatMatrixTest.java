package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * File system x partition table x sector size: filled with a tree, captured, restored onto an equal and a larger disk full
 * of old data, checked and compared file by file. The long ones run with {@code ./firstlight test --matrix}.
 */
class FormatMatrixTest {
    private static final int EQUAL = 1260;
    private static final int LARGER = 1300;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    private enum Table {
        GPT,
        MBR;

        /** A partition for each format; with MBR all but two of them are logical. */
        Map<Format, Integer> make(Path node) throws IOException {
            Map<Format, Integer> numbers = new LinkedHashMap<>();
            StringBuilder script = new StringBuilder("label: " + (this == GPT ? "gpt" : "dos") + "\n");
            int number = 1;
            for (Format format : Format.values()) {
                if (this == MBR && number == 3) {
                    script.append("4 : type=5\n");
                    number = 5;
                }
                script.append(number + " : size=" + format.mebibytes + "MiB, type=" + type(format) + "\n");
                numbers.put(format, number++);
            }
            Shell.run("sfdisk -q %1$s <<'END'\n%2$sEND\npartx -d %1$s 2>/dev/null || true; partx -a %1$s"
                    .formatted(node, script));
            return numbers;
        }

        private String type(Format format) {
            return switch (format) {
                case SWAP -> "swap";
                case FAT12, FAT16, FAT32 -> this == GPT ? "uefi" : "c";
                case NTFS, EXFAT -> this == GPT ? "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7" : "7";
                case EXT2, EXT3, EXT4, XFS, BTRFS, F2FS -> "linux";
            };
        }
    }

    @ParameterizedTest(name = "{0}, sectors of {1} octets")
    @CsvSource({"GPT, 512", "GPT, 4096"})
    void everyFormatOnOneDiskComesBackRight(Table table, int sectorSize) throws IOException {
        roundTrip(table, sectorSize, List.of(LARGER));
    }

    @ParameterizedTest(name = "{0}, sectors of {1} octets")
    @CsvSource({"GPT, 512", "GPT, 4096", "MBR, 512", "MBR, 4096"})
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void everyFormatOnOneDiskOfTheLongMatrixComesBackRight(Table table, int sectorSize) throws IOException {
        roundTrip(table, sectorSize, List.of(EQUAL, LARGER));
    }

    private void roundTrip(Table table, int sectorSize, List<Integer> sizes) throws IOException {
        Path source = new Lab(folder).disk("source", EQUAL + "M");
        Map<Format, Integer> numbers = new LinkedHashMap<>();
        Map<Format, String> trees = new EnumMap<>(Format.class);
        Lab.attached(source, sectorSize, node -> {
            numbers.putAll(table.make(node));
            for (Map.Entry<Format, Integer> each : numbers.entrySet()) {
                Path partition = Path.of(node + "p" + each.getValue());
                each.getKey().make(partition);
                each.getKey().fill(partition);
                trees.put(each.getKey(), each.getKey().describe(partition));
            }
        });
        captureAndRestore(source, sectorSize, sizes, numbers, trees);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void everyFormatOnABareDiskOf512ComesBackRight(Format format) throws IOException {
        bare(format, 512);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void everyFormatOnABareDiskOf4096ComesBackRight(Format format) throws IOException {
        bare(format, 4096);
    }

    private void bare(Format format, int sectorSize) throws IOException {
        Path source = new Lab(folder).disk("source", format.mebibytes + "M");
        Map<Format, String> trees = new EnumMap<>(Format.class);
        Lab.attached(source, sectorSize, node -> {
            format.make(node);
            format.fill(node);
            trees.put(format, format.describe(node));
        });
        captureAndRestore(
                source, sectorSize, List.of(format.mebibytes, format.mebibytes + 50), Map.of(format, 0), trees);
    }

    private void captureAndRestore(
            Path source, int sectorSize, List<Integer> sizes, Map<Format, Integer> numbers, Map<Format, String> trees)
            throws IOException {
        String before = Lab.sha256(source);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sectorSize, store);
            assertThat(Lab.sha256(source)).as("the source after capture").isEqualTo(before);
            assertThat(manifest.notes()).isEmpty();
            numbers.forEach((format, number) -> assertIsMapped(manifest, format, number));
            for (int mebibytes : sizes) {
                Path target = new Lab(folder).usedDisk("target", mebibytes + "M");
                assertThat(Lab.restore(manifest, store, target, sectorSize).verified())
                        .isTrue();
                Lab.attached(target, sectorSize, node -> assertIsThere(node, numbers, trees));
            }
        }
    }

    private static void assertIsMapped(Manifest manifest, Format format, int number) {
        assertThat(manifest.disks().getFirst().regions())
                .filteredOn(region ->
                        region.partition() == number && region.fileSystem().equals(format.word))
                .extracting(Region::content)
                .as(format.toString())
                .singleElement()
                .matches(content -> format == Format.SWAP
                        ? content instanceof Content.Swap
                        : content instanceof Content.Blocks blocks
                                && blocks.method() == Content.Method.USED_BLOCKS
                                && blocks.used().octets() < ((long) format.mebibytes << 20));
    }

    private static void assertIsThere(Path node, Map<Format, Integer> numbers, Map<Format, String> trees)
            throws IOException {
        for (Map.Entry<Format, Integer> each : numbers.entrySet()) {
            Format format = each.getKey();
            Path partition = each.getValue() == 0 ? node : Path.of(node + "p" + each.getValue());
            format.check(partition);
            assertThat(format.describe(partition)).as(format.toString()).isEqualTo(trees.get(format));
        }
    }
}
