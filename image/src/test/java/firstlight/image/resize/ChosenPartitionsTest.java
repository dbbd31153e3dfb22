package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChosenPartitionsTest {
    private static final String GPT = """
            label: gpt
            label-id: 00000000-0000-0000-0000-00000000000D
            size=16MiB, type=U, uuid=11111111-1111-1111-1111-11111111111%1$s
            size=16MiB, type=L, uuid=22222222-2222-2222-2222-22222222222%1$s
            """;
    private static final String MBR = """
            label: dos
            label-id: 0x1a2b3c4%1$s
            size=16MiB, type=7
            size=16MiB, type=83
            """;

    @TempDir
    Path folder;

    private Path disk(String name, String table, String digit) throws IOException {
        Path file = folder.resolve(name);
        Path script = Files.writeString(folder.resolve(name + ".table"), table.formatted(digit));
        Tool made = Tool.run(List.of("bash", "-ec", "truncate -s 64M %s; sfdisk -q %1$s < %s".formatted(file, script)));
        assertThat(made.succeeded()).as(made.output()).isTrue();
        return file;
    }

    /** What a restore of both partitions leaves to whoever asked for it. */
    private List<String> notes(Path captured, Path target, String first) throws IOException {
        DiskImage image;
        try (Disk disk = DiskFile.open(captured, 512, Access.READ)) {
            PartitionTable table = PartitionTable.read(disk);
            image = new DiskImage(
                    disk.size(),
                    512,
                    table.sectors(),
                    List.of(
                            empty(table.partitions().get(0), first),
                            empty(table.partitions().get(1), "ext4")));
        }
        try (Disk disk = DiskFile.open(target, 512, Access.READ)) {
            return new ChosenPartitions(image, disk, Set.of(1, 2))
                    .layout(Wishes.AS_IT_WAS.grow(), Lengths.byMap())
                    .notes();
        }
    }

    private static Region empty(Partition partition, String fileSystem) {
        Content nothing =
                new Content.Blocks(Content.Method.USED_BLOCKS, Extents.NONE, new ChunkTable.Builder(0).build());
        return new Region(partition.number(), partition.start(), partition.length(), fileSystem, nothing);
    }

    @Test
    void onTheDiskThatWasCapturedNothingIsLeftToDo() throws IOException {
        assertThat(notes(disk("one", GPT, "a"), disk("two", GPT, "a"), "vfat")).isEmpty();
        assertThat(notes(disk("three", MBR, "a"), disk("four", MBR, "a"), "ntfs"))
                .isEmpty();
    }

    @Test
    void thatAnotherDiskHasOtherGuidsIsToldWithTheCure() throws IOException {
        Path target = disk("two", GPT, "b");
        assertThat(notes(disk("one", GPT, "a"), target, "vfat"))
                .containsExactly(
                        "partition 1 (vfat) is 11111111-1111-1111-1111-11111111111b in the table of " + target
                                + ", and was 11111111-1111-1111-1111-11111111111a in the image's: a Windows that does"
                                + " not start for that wants 'bcdboot C:\\Windows' from its recovery",
                        "partition 2 (ext4) is 22222222-2222-2222-2222-22222222222b in the table of " + target
                                + ", and was 22222222-2222-2222-2222-22222222222a in the image's: what names"
                                + " PARTUUID=22222222-2222-2222-2222-22222222222a (fstab, the kernel's command line)"
                                + " has to be changed");
    }

    @Test
    void thatAnotherDiskHasAnotherSignatureIsTold() throws IOException {
        assertThat(notes(disk("one", MBR, "a"), disk("two", MBR, "b"), "ntfs"))
                .satisfiesExactly(
                        windows -> assertThat(windows).contains("1a2b3c4b-01", "1a2b3c4a-01", "bcdboot"),
                        linux -> assertThat(linux).contains("1a2b3c4b-02", "PARTUUID=1a2b3c4a-02"));
    }

    @Test
    void whatWasSkippedAtTheCaptureIsRefusedByItsNumber() throws IOException {
        DiskImage image;
        try (Disk disk = DiskFile.open(disk("one", GPT, "a"), 512, Access.READ)) {
            PartitionTable table = PartitionTable.read(disk);
            image = new DiskImage(
                    disk.size(),
                    512,
                    table.sectors(),
                    List.of(empty(table.partitions().getFirst(), "vfat")));
        }
        try (Disk disk = DiskFile.open(disk("two", GPT, "a"), 512, Access.READ)) {
            assertThatThrownBy(() -> new ChosenPartitions(image, disk, Set.of(1, 2))
                            .layout(Wishes.AS_IT_WAS.grow(), Lengths.byMap()))
                    .hasMessageStartingWith(
                            "The image has nothing of partition 2: it was skipped when it was captured");
            assertThat(new ChosenPartitions(image, disk, Set.of(1))
                            .layout(Wishes.AS_IT_WAS.grow(), Lengths.byMap())
                            .placements())
                    .hasSize(1);
        }
    }
}
