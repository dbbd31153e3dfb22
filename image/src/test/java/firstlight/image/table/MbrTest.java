package firstlight.image.table;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.testkit.CodecLaws;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MbrTest {
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
                        org.assertj.core.groups.Tuple.tuple(1, 4L << 20, "0x07"),
                        org.assertj.core.groups.Tuple.tuple(5, 4L << 20, "0x83"),
                        org.assertj.core.groups.Tuple.tuple(6, 5L << 20, "0x82"),
                        org.assertj.core.groups.Tuple.tuple(7, 6L << 20, "0x83"));
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
    void theCodecsLawsHold() throws IOException {
        Path file = disk("label: dos\n1 : size=4MiB, type=7, bootable");
        byte[] sector = java.util.Arrays.copyOf(Files.readAllBytes(file), 512);
        new CodecLaws<>(
                        BootRecord::decode,
                        (BootRecord record) -> record.encode().toArray(),
                        MalformedTable.class)
                .hold(BootRecord.decode(sector));
    }
}
