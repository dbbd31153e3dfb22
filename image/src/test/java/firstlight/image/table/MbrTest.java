package firstlight.image.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.testkit.CodecLaws;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MbrTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path folder;

    private Path disk(String table) throws IOException {
        Path file = folder.resolve("disk");
        Tool tool = Tool.run(List.of(
                "bash", "-ec", "truncate -s 64M %1$s; sfdisk -q %1$s <<'END'%n%2$s%nEND".formatted(file, table)));
        assertThat(tool.exit()).as(tool.output()).isZero();
        return file;
    }

    private static PartitionTable read(Path file) throws IOException {
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            return PartitionTable.read(disk);
        }
    }

    @Test
    void anEntryWithAPlaceAndNoTypeIsNotTakenForFreeSpace() throws IOException {
        Path file = disk("""
                label: dos
                1 : start=2048, size=20480, type=83
                2 : start=40960, size=40960, type=83
                """);
        type(file, 1, 0);
        PartitionTable table = read(file);
        assertThat(table.partitions()).isEmpty();
        assertThat(table.notes()).singleElement().asString().contains("type 0", "offset 20971520", "whole disk");
    }

    @Test
    void anEntryWithoutATypeThatLiesOverAPartitionIsLeftFromEarlier() throws IOException {
        Path file = disk("""
                label: dos
                1 : start=2048, size=20480, type=83
                2 : start=40960, size=40960, type=83
                """);
        byte[] octets = Files.readAllBytes(file);
        System.arraycopy(octets, 446 + 16, octets, 446 + 32, 16);
        octets[446 + 32 + 4] = 0;
        Files.write(file, octets);
        PartitionTable table = read(file);
        assertThat(table.notes()).isEmpty();
        assertThat(table.partitions()).extracting(Partition::number).containsExactly(1, 2);
    }

    /** As xorriso 1.5.4 makes Debian's: all of the ISO of type 0, its ESP within, a GPT of no protective MBR, and a partition that somebody added. */
    @Test
    void aStickWithAnIsoIsNotTakenForItsEspAlone() throws IOException {
        Path file = disk("""
                label: dos
                2 : start=4064, size=4096, type=ef
                3 : start=90112, size=8192, type=83
                """);
        byte[] octets = Files.readAllBytes(file);
        System.arraycopy("EFI PART".getBytes(StandardCharsets.US_ASCII), 0, octets, 512, 8);
        for (int type : List.of(0, 0x17)) { // the latter is Syslinux' isohybrid's
            octets[446] = (byte) 0x80;
            octets[446 + 4] = (byte) type;
            GptEntry.little(octets).putInt(446 + 8, 0).putInt(446 + 12, 81920);
            Files.write(file, octets);
            assertThat(read(file).sectors()).isEqualTo(TableSectors.NONE);
            assertThat(read(file).notes()).isEmpty();
        }
    }

    @Test
    void labelsOfOtherSystemsAreNamed() throws IOException {
        for (String label : List.of("sun", "sgi")) {
            Path file = disk("label: " + label);
            assertThat(read(file).notes()).singleElement().asString().containsIgnoringCase("label of " + label);
            Files.delete(file);
        }
        Path file = disk("label: dos");
        byte[] octets = new byte[64 << 20];
        ByteBuffer.wrap(octets)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(512, 0x8256_4557)
                .putInt(644, 0x8256_4557);
        Files.write(file, octets);
        assertThat(read(file).notes()).singleElement().asString().contains("label of BSD");
    }

    private static void type(Path file, int slot, int type) throws IOException {
        byte[] octets = Files.readAllBytes(file);
        octets[446 + slot * 16 + 4] = (byte) type;
        Files.write(file, octets);
    }

    @Test
    void whatSfdiskWroteIsReadAndWrittenOctetForOctet() throws IOException {
        Path file = disk("""
                label: dos
                1 : size=4MiB, type=7, bootable
                2 : size=40MiB, type=f
                5 : size=4MiB, type=83
                6 : size=5MiB, type=82
                7 : size=6MiB, type=83
                """);
        byte[] before = Files.readAllBytes(file);
        PartitionTable table = read(file);
        assertThat(table.notes()).isEmpty();
        assertThat(table.partitions())
                .extracting(Partition::number, Partition::length, Partition::type)
                .containsExactly(
                        tuple(1, 4L << 20, "0x07"),
                        tuple(5, 4L << 20, "0x83"),
                        tuple(6, 5L << 20, "0x82"),
                        tuple(7, 6L << 20, "0x83"));
        Tool.run(List.of("sfdisk", "-d", file.toString()))
                .output()
                .lines()
                .filter(line -> line.contains("start="))
                .filter(line -> !line.contains("type=f"))
                .forEach(line -> assertThat(table.partitions())
                        .extracting(partition -> "%s%d : start=%12d, size=%12d"
                                .formatted(file, partition.number(), partition.start() / 512, partition.length() / 512))
                        .anyMatch(line::startsWith));
        try (Disk disk = DiskFile.open(file, 512, Access.READ_WRITE)) {
            for (TableSectors.Run run :
                    Mbr.decode(table.sectors(), 512).sectors().runs()) {
                disk.write(run.offset(), ByteBuffer.wrap(run.octets().toArray()));
            }
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    /** As {@code mkfs.fat} (dosfstools 4.2) makes it of a whole fixed disk: an entry that says that all of it is one partition. */
    @Test
    void aFatOfAWholeDiskWithAnMbrOfItsOwnIsNoPartitionTable() throws IOException {
        Path file = disk("label: dos");
        Tool mkfs = Tool.run(List.of("mkfs.vfat", "-I", "--mbr=y", file.toString()));
        assertThat(mkfs.succeeded()).as(mkfs.output()).isTrue();
        assertThat(read(file).sectors()).isEqualTo(TableSectors.NONE);
        assertThat(read(file).notes()).isEmpty();
    }

    @Test
    void aFileSystemOnTheBareDiskIsNoPartitionTable() throws IOException {
        Path file = disk("label: dos");
        Tool mkfs = Tool.run(List.of("mkfs.vfat", "-I", file.toString()));
        assertThat(mkfs.succeeded()).isTrue();
        assertThat(read(file).sectors()).isEqualTo(TableSectors.NONE);
    }

    @Test
    void aChainThatRunsInACircleEndsInANote() throws IOException {
        Path file = disk("""
                label: dos
                2 : size=40MiB, type=5
                5 : size=4MiB, type=83
                6 : size=5MiB, type=83
                """);
        Mbr mbr = Mbr.decode(read(file).sectors(), 512);
        byte[] octets = Files.readAllBytes(file);
        int second = (int) mbr.chain().get(1).lba() * 512;
        octets[second + 446 + 16 + 4] = 5; // its link: to the first record of the chain
        GptEntry.little(octets).putInt(second + 446 + 16 + 8, 0).putInt(second + 446 + 16 + 12, 100);
        Files.write(file, octets);
        assertThat(read(file).notes()).singleElement().asString().contains("does not end");
    }

    @Test
    void recordsOfAnotherFormAreNotGuessedAt() throws IOException {
        Path file = disk("""
                label: dos
                2 : size=40MiB, type=5
                5 : size=4MiB, type=83
                6 : size=5MiB, type=83
                """);
        byte[] octets = Files.readAllBytes(file);
        int first =
                (int) Mbr.decode(read(file).sectors(), 512).chain().getFirst().lba() * 512 + 446;
        byte[] swapped = octets.clone();
        System.arraycopy(octets, first, swapped, first + 16, 16);
        System.arraycopy(octets, first + 16, swapped, first, 16);
        Files.write(file, swapped);
        assertThat(read(file).notes()).singleElement().asString().contains("not of the usual form", "whole disk");
        byte[] second = octets.clone();
        System.arraycopy(octets, first, second, first + 32, 16); // Linux takes it for one more
        Files.write(file, second);
        assertThat(read(file).notes()).singleElement().asString().contains("not of the usual form");
        Arrays.fill(octets, first + 32, first + 64, (byte) 0xAA); // what was left there is none
        Files.write(file, octets);
        assertThat(read(file).partitions()).extracting(Partition::number).containsExactly(5, 6);
    }

    @Test
    void anExtendedPartitionInWhichNoRecordWasEverWrittenHasNothingInIt() throws IOException {
        Path file = disk("label: dos\n1 : start=2048, size=10MiB, type=83\n2 : start=40960, size=20MiB, type=5");
        byte[] octets = Files.readAllBytes(file);
        Arrays.fill(octets, 40960 * 512, 40961 * 512, (byte) 0);
        Files.write(file, octets);
        assertThat(read(file).notes()).isEmpty();
        assertThat(read(file).partitions()).extracting(Partition::number).containsExactly(1);
        Mbr mbr = moved(file, Map.of(1, 30L), 128 * MIB);
        assertThat(mbr.master().entries().get(1).firstLba()).isEqualTo(40960 + 30 * 2048);
        assertContained(mbr, 128 * MIB);
    }

    /** Windows writes nothing there: the container begins with what was there before. */
    @Test
    void anExtendedPartitionOverWhatWasThereBeforeHasNothingInIt() throws IOException {
        Path file = disk("label: dos\n1 : start=2048, size=10MiB, type=83\n2 : start=40960, size=20MiB, type=f");
        byte[] octets = Files.readAllBytes(file);
        int first = 40960 * 512;
        Arrays.fill(octets, first, first + 512, (byte) 'x'); // a file's
        Files.write(file, octets);
        assertHasNothingInIt(file);
        // A boot sector of Windows: with words where a record has its entries.
        System.arraycopy("NTFS    ".getBytes(StandardCharsets.US_ASCII), 0, octets, first + 3, 8);
        byte[] words = "Press Ctrl+Alt+Del to restart\r\n".getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(octets, first + 446, first + 510, (byte) 0);
        System.arraycopy(words, 0, octets, first + 446, words.length);
        octets[first + 510] = 0x55;
        octets[first + 511] = (byte) 0xAA;
        Files.write(file, octets);
        assertHasNothingInIt(file);
    }

    /** As a bad write leaves it: TestDisk finds the partitions again. */
    @Test
    void aFirstRecordThatLostItsSignatureOnlyIsNotTakenForNothing() throws IOException {
        Path file = disk("label: dos\n2 : start=40960, size=40MiB, type=5\n5 : size=4MiB, type=83");
        byte[] octets = Files.readAllBytes(file);
        Arrays.fill(octets, 40960 * 512 + 510, 40960 * 512 + 512, (byte) 0);
        Files.write(file, octets);
        assertThat(read(file).sectors()).isEqualTo(TableSectors.NONE);
        assertThat(read(file).notes()).singleElement().asString().contains("the signature 55 AA is missing");
    }

    private static void assertHasNothingInIt(Path file) throws IOException {
        PartitionTable table = read(file);
        assertThat(table.notes()).isEmpty();
        assertThat(table.partitions()).extracting(Partition::number).containsExactly(1);
    }

    /** What an older NTFS left in it makes a record no boot sector. */
    @Test
    void aRecordWithTheNameOfAFileSystemInItIsARecord() throws IOException {
        Path file = disk("""
                label: dos
                2 : size=40MiB, type=5
                5 : size=4MiB, type=83
                """);
        byte[] octets = Files.readAllBytes(file);
        int first =
                (int) Mbr.decode(read(file).sectors(), 512).chain().getFirst().lba() * 512;
        System.arraycopy("NTFS    ".getBytes(StandardCharsets.US_ASCII), 0, octets, first + 3, 8);
        Files.write(file, octets);
        assertThat(read(file).partitions()).extracting(Partition::number).containsExactly(5);
    }

    private static Mbr moved(Path file, Map<Integer, Long> growth, long diskSize) throws IOException {
        TableSectors sectors = read(file).sectors();
        Map<Integer, Place> places = new HashMap<>();
        long shift = 0;
        for (Partition each : PartitionTable.partitions(sectors, 512)) {
            long more = growth.getOrDefault(each.number(), 0L) * MIB;
            places.put(each.number(), new Place(each.start() + shift, each.length() + more));
            shift += more;
        }
        return Mbr.decode(PartitionTable.placed(sectors, 512, places, 512, diskSize), 512);
    }

    private static void assertContained(Mbr mbr, long diskSize) {
        MbrEntry container = mbr.master().entries().get(1);
        assertThat(container.firstLba() + container.sectors()).isLessThanOrEqualTo(diskSize / 512);
        for (Partition partition : mbr.partitions()) {
            boolean logical = partition.number() > 4;
            assertThat(partition.start() / 512 >= container.firstLba()).isEqualTo(logical);
            assertThat(partition.end() / 512)
                    .isLessThanOrEqualTo(container.firstLba() + (logical ? container.sectors() : 0));
        }
        mbr.chain()
                .forEach(each -> assertThat(each.lba())
                        .isBetween(container.firstLba(), container.firstLba() + container.sectors() - 1));
    }

    @Test
    void anExtendedPartitionWithNothingInItMovesOutOfTheWayOfOneThatGrows() throws IOException {
        Path file = disk("label: dos\n1 : start=2048, size=10MiB, type=83\n2 : start=40960, size=20MiB, type=5");
        Mbr mbr = moved(file, Map.of(1, 30L), 128 * MIB);
        assertThat(mbr.master().entries().get(1).firstLba()).isEqualTo(40960 + 30 * 2048);
        assertThat(mbr.chain()).singleElement().extracting(Mbr.Chained::lba).isEqualTo(40960L + 30 * 2048);
        assertContained(mbr, 128 * MIB);
    }

    @Test
    void anExtendedPartitionWithNothingInItBehindTheEndOfASmallerDiskIsLeftOut() throws IOException {
        Path file = disk("label: dos\n1 : start=2048, size=10MiB, type=83\n2 : start=81920, size=20MiB, type=5");
        Mbr mbr = moved(file, Map.of(), 30 * MIB);
        assertThat(mbr.master().entries().get(1).isUsed()).isFalse();
        assertThat(mbr.chain()).isEmpty();
    }

    @Test
    void aFirstRecordWithoutALogicalPartitionMovesAlong() throws IOException {
        Path file = disk("""
                label: dos
                1 : start=2048, size=10MiB, type=83
                2 : start=40960, size=40MiB, type=5
                5 : start=43008, size=5MiB, type=83
                6 : start=61440, size=5MiB, type=83
                """);
        byte[] octets = Files.readAllBytes(file);
        Arrays.fill(octets, 40960 * 512 + 446, 40960 * 512 + 462, (byte) 0);
        Files.write(file, octets);
        Mbr mbr = moved(file, Map.of(1, 30L), 128 * MIB);
        assertThat(mbr.chain()).extracting(Mbr.Chained::lba).first().isEqualTo(40960L + 30 * 2048);
        assertContained(mbr, 128 * MIB);
    }

    @Test
    void logicalPartitionsInAnotherOrderThanTheirRecordsStayInTheirContainer() throws IOException {
        Path file = disk("""
                label: dos
                1 : start=2048, size=10MiB, type=83
                2 : start=40960, size=30MiB, type=5
                5 : start=43008, size=5MiB, type=83
                6 : start=75776, size=5MiB, type=83
                """);
        assertThat(Tool.run(List.of("bash", "-c", "echo 57344,4MiB,83 | sfdisk -q -a " + file))
                        .succeeded())
                .isTrue();
        Mbr mbr = moved(file, Map.of(6, 30L), 128 * MIB);
        assertThat(mbr.partitions()).extracting(Partition::number).contains(7);
        assertContained(mbr, 128 * MIB);
        assertThat(moved(file, Map.of(), 64 * MIB))
                .isEqualTo(Mbr.decode(read(file).sectors(), 512));
    }

    /** As fdisk leaves it when the first logical partition is deleted and another one made in its place. */
    @Test
    void theFirstRecordStaysAtItsContainersStartThoughItsPartitionLiesBehindOthers() throws IOException {
        Path file = disk("""
                label: dos
                1 : start=2048, size=10MiB, type=83
                2 : start=40960, size=30MiB, type=5
                5 : start=43008, size=5MiB, type=83
                6 : start=75776, size=5MiB, type=83
                """);
        assertThat(Tool.run(List.of(
                                "bash",
                                "-ec",
                                "sfdisk -q --delete %1$s 5; echo 51200,4MiB,83 | sfdisk -q -a %1$s".formatted(file)))
                        .succeeded())
                .isTrue();
        assertThat(read(file).partitions())
                .extracting(Partition::number, partition -> partition.start() / 512)
                .containsExactly(tuple(1, 2048L), tuple(6, 51200L), tuple(5, 75776L));
        Mbr mbr = moved(file, Map.of(6, 30L), 128 * MIB);
        assertThat(mbr.master().entries().get(1).firstLba()).isEqualTo(40960);
        assertThat(mbr.chain().getFirst().lba()).isEqualTo(40960);
        assertThat(mbr.partitions())
                .extracting(Partition::number, partition -> partition.start() / 512)
                .contains(tuple(6, 51200L), tuple(5, 75776L + 30 * 2048));
        assertContained(mbr, 128 * MIB);
    }

    @Test
    void theCodecsLawsHold() throws IOException {
        Path file = disk("label: dos\n1 : size=4MiB, type=7, bootable");
        byte[] sector = Arrays.copyOf(Files.readAllBytes(file), 512);
        new CodecLaws<>(
                        BootRecord::decode,
                        (BootRecord record) -> record.encode().toArray(),
                        MalformedTable.class)
                .hold(BootRecord.decode(sector));
    }
}
