package firstlight.image.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.model.Bytes;
import firstlight.testkit.CodecLaws;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GptTest {
    @TempDir
    Path folder;

    /** A disk made by sgdisk, with names, attributes and holes between the numbers. */
    private Path disk(String size) throws IOException {
        Path file = folder.resolve("disk");
        Files.deleteIfExists(file);
        run("truncate", "-s", size, file.toString());
        run(
                "sgdisk",
                "-U",
                "01234567-89AB-CDEF-0123-456789ABCDEF",
                "-n",
                "1:2048:+8M",
                "-t",
                "1:ef00",
                "-c",
                "1:EFI-System ä",
                "-n",
                "4:0:+4M",
                "-t",
                "4:8300",
                "-A",
                "4:set:2",
                "-A",
                "4:set:60",
                "-n",
                "128:0:+2M",
                "-t",
                "128:0700",
                file.toString());
        return file;
    }

    private static String run(String... command) throws IOException {
        Tool tool = Tool.run(List.of(command));
        assertThat(tool.exit()).as(tool.output()).isZero();
        return tool.output();
    }

    private static Gpt read(Path file, int sectorSize) throws IOException {
        try (Disk disk = DiskFile.open(file, sectorSize, Access.READ)) {
            return Gpt.decode(PartitionTable.read(disk).sectors(), sectorSize);
        }
    }

    /** Of a disk's copy that was told the wrong sectors, or a disk from a case that showed it with others. */
    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void aTableForOtherSectorsIsNamed(int sectorSize) throws IOException {
        Path file = disk("64M");
        byte[] octets = Files.readAllBytes(file);
        byte[] header = Arrays.copyOfRange(octets, 512, 1024);
        if (sectorSize == 512) {
            Arrays.fill(octets, 512, 1024, (byte) 0);
            Arrays.fill(octets, octets.length - 512, octets.length, (byte) 0);
            System.arraycopy(header, 0, octets, 4096, 512);
            Files.write(file, octets);
        }
        int other = sectorSize == 512 ? 4096 : 512;
        try (Disk disk = DiskFile.open(file, sectorSize, Access.READ)) {
            assertThat(PartitionTable.read(disk).notes())
                    .singleElement()
                    .asString()
                    .contains("a GPT is there for sectors of " + other + " octets", "--sector-size " + other);
        }
    }

    private static void write(Path file, List<TableSectors.Run> runs) throws IOException {
        try (Disk disk = DiskFile.open(file, 512, Access.READ_WRITE)) {
            for (TableSectors.Run run : runs) {
                disk.write(run.offset(), ByteBuffer.wrap(run.octets().toArray()));
            }
        }
    }

    @Test
    void whatSgdiskWroteIsReadAndWrittenOctetForOctet() throws IOException {
        Path file = disk("64M");
        byte[] before = Files.readAllBytes(file);
        Gpt gpt = read(file, 512);
        assertThat(gpt.partitions()).extracting(Partition::number).containsExactly(1, 4, 128);
        assertThat(gpt.entries().getFirst().nameText()).isEqualTo("EFI-System ä");
        assertThat(gpt.entries().get(3).attributes()).isEqualTo(1L << 60 | 1L << 2);
        write(file, gpt.sectors().runs());
        write(file, gpt.backup());
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void onALargerDiskTheBackupLiesAtItsEndAndSgdiskFindsNoProblem() throws IOException {
        Gpt gpt = read(disk("64M"), 512);
        Path larger = folder.resolve("larger");
        run("truncate", "-s", "100M", larger.toString());
        write(larger, PartitionTable.runsFor(gpt.sectors(), 512, 100 << 20));
        assertThat(run("sgdisk", "--verify", larger.toString())).contains("No problems found");
        String partitions = run("sfdisk", "-d", larger.toString());
        assertThat(partitions).contains("uuid=").contains("label-id: 01234567-89AB-CDEF-0123-456789ABCDEF");
        assertThat(read(larger, 512).partitions()).isEqualTo(gpt.partitions());
        assertThat(Tool.run(List.of("sgdisk", "-p", larger.toString())).output())
                .contains("last usable sector is 204766");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aDamagedPrimaryCopyIsMadeGoodFromTheBackup(int lba) throws IOException {
        Path file = disk("64M");
        Gpt before = read(file, 512);
        byte[] octets = Files.readAllBytes(file);
        octets[lba * 512 + 60] ^= 4;
        Files.write(file, octets);
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            PartitionTable table = PartitionTable.read(disk);
            if (lba < 3) {
                assertThat(table.notes()).singleElement().asString().contains("backup");
            }
            assertThat(Gpt.decode(table.sectors(), 512)).isEqualTo(before);
        }
    }

    /** Boards of some makers have their boot loader between the header and the entries. */
    @ParameterizedTest
    @ValueSource(ints = {16, 60, 72})
    void entriesThatAreElsewhereAreFoundThoughThePrimaryHeaderIsDamaged(int damaged) throws IOException {
        Path file = disk("64M");
        run("sgdisk", "-j", "1000", file.toString());
        Gpt before = read(file, 512);
        assertThat(before.header().entriesLba()).isEqualTo(1000);
        byte[] octets = Files.readAllBytes(file);
        octets[512 + damaged] ^= 4;
        Files.write(file, octets);
        assertThat(read(file, 512)).isEqualTo(before);
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            assertThat(PartitionTable.read(disk).occupied()).noneMatch(range -> range[0] <= 8192 && range[1] > 8192);
        }
    }

    @Test
    void aDiskWithBothCopiesDamagedIsTakenAsOneWhole() throws IOException {
        Path file = disk("64M");
        byte[] octets = Files.readAllBytes(file);
        octets[512 + 60] ^= 4;
        octets[octets.length - 512 + 60] ^= 4;
        Files.write(file, octets);
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            PartitionTable table = PartitionTable.read(disk);
            assertThat(table.sectors()).isEqualTo(TableSectors.NONE);
            assertThat(table.notes()).singleElement().asString().contains("whole disk");
        }
    }

    @Test
    void theEntriesOfAHybridMbrFollowTheirPartitions() throws IOException {
        Path file = disk("64M");
        run("sgdisk", "-h", "4:128:EE", file.toString());
        Gpt gpt = read(file, 512);
        Map<Integer, Place> places = new HashMap<>();
        gpt.partitions()
                .forEach(each -> places.put(each.number(), new Place(each.start() + (7L << 20), each.length())));
        TableSectors moved = PartitionTable.placed(gpt.sectors(), 512, places, 512, 128L << 20);
        List<MbrEntry> before = BootRecord.decode(gpt.protectiveMbr().toArray()).entries();
        List<MbrEntry> after = BootRecord.decode(
                        Gpt.decode(moved, 512).protectiveMbr().toArray())
                .entries();
        for (int slot = 0; slot < 4; slot++) {
            boolean follows = before.get(slot).isUsed() && before.get(slot).type() != 0xEE;
            assertThat(after.get(slot).firstLba() - before.get(slot).firstLba()).isEqualTo(follows ? 7 * 2048 : 0);
        }
    }

    @Test
    void theProtectiveEntryOfAHybridMbrLeavesRoomForTheOthersOnADiskOfAnotherSize() throws IOException {
        Path file = disk("64M");
        run("sgdisk", "-h", "4:128:EE", file.toString());
        Gpt gpt = read(file, 512);
        for (long size : new long[] {48L << 20, 100L << 20}) {
            assertThat(gpt.on(size).protectiveMbr()).isEqualTo(gpt.protectiveMbr());
        }
        assertThat(BootRecord.decode(gpt.protectiveMbr().toArray()).entries())
                .filteredOn(entry -> entry.type() == 0xEE)
                .extracting(MbrEntry::firstLba, MbrEntry::sectors)
                .containsExactly(tuple(1L, gpt.entries().get(3).firstLba() - 1));
    }

    @Test
    void aPartitionBehindWhatTheHeaderCallsUsableFitsTheDiskThatItIsOn() throws IOException {
        Gpt gpt = read(disk("64M"), 512);
        long end = gpt.partitions().getLast().end();
        GptHeader odd = gpt.header().at(1, gpt.header().alternateLba(), end / 512 - 100, 2);
        TableSectors sectors = new Gpt(512, gpt.protectiveMbr(), odd, gpt.entries()).sectors();
        assertThat(PartitionTable.usableEnd(sectors, 512, 512, 64 << 20)).isEqualTo(end);
        assertThat(PartitionTable.usableEnd(sectors, 512, 512, 48 << 20)).isEqualTo((48 << 20) - 33 * 512);
    }

    @Test
    void aGptWithoutItsProtectiveMbrIsNotBelievedAndThatIsSaid() throws IOException {
        Path file = disk("64M");
        byte[] octets = Files.readAllBytes(file);
        Arrays.fill(octets, 0, 512, (byte) 0);
        Files.write(file, octets);
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            PartitionTable table = PartitionTable.read(disk);
            assertThat(table.sectors()).isEqualTo(TableSectors.NONE);
            assertThat(table.notes()).singleElement().asString().contains("no protective MBR");
        }
    }

    @Test
    void minimalSizeIsWhatSgdiskAccepts() throws IOException {
        Gpt gpt = read(disk("64M"), 512);
        Path small = folder.resolve("small");
        run("truncate", "-s", Long.toString(gpt.minimalSize()), small.toString());
        write(small, PartitionTable.runsFor(gpt.sectors(), 512, gpt.minimalSize()));
        assertThat(run("sgdisk", "--verify", small.toString())).contains("No problems found");
    }

    @Test
    void theCodecsLawsHold() throws IOException {
        TableSectors sectors = read(disk("64M"), 512).sectors();
        int length = 34 * 512;
        byte[] octets = new byte[length];
        sectors.runs().forEach(run -> {
            byte[] each = run.octets().toArray();
            System.arraycopy(each, 0, octets, (int) run.offset(), each.length);
        });
        CodecLaws<Gpt> laws = new CodecLaws<>(GptTest::whole, GptTest::flat, MalformedTable.class);
        laws.byteForByte(octets);
        laws.roundTrip(whole(octets));
        laws.mutation(octets, 300);
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] prefix = Arrays.copyOf(octets, random.nextInt(length));
            assertThatThrownBy(() -> whole(prefix)).isInstanceOf(MalformedTable.class);
        }
    }

    private static Gpt whole(byte[] octets) {
        if (octets.length < 34 * 512) {
            throw new MalformedTable("short");
        }
        return Gpt.decode(
                Bytes.of(octets, 0, 512),
                Arrays.copyOfRange(octets, 512, 1024),
                Arrays.copyOfRange(octets, 1024, 34 * 512),
                512);
    }

    private static byte[] flat(Gpt gpt) {
        byte[] octets = new byte[34 * 512];
        for (TableSectors.Run run : gpt.sectors().runs()) {
            byte[] each = run.octets().toArray();
            System.arraycopy(each, 0, octets, (int) run.offset(), each.length);
        }
        return octets;
    }
}
