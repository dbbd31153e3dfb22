package firstlight.image.capture;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.image.table.PartitionTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskPlanTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path folder;

    /** A primary partition of 10 MiB, and from 20 MiB on a container of 160, whose first sector begins with {@code first}. */
    private long taken(String first, List<String> notes) throws IOException {
        Path file = folder.resolve("disk");
        String table = "label: dos\\n1 : start=2048, size=10MiB, type=83\\n2 : start=40960, size=160MiB, type=f\\n";
        Tool tool = Tool.run(
                List.of("bash", "-ec", "truncate -s 180M %1$s; printf '%2$s' | sfdisk -q %1$s".formatted(file, table)));
        assertThat(tool.exit()).as(tool.output()).isZero();
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(20 * MIB);
            out.write(new byte[512]);
            out.seek(20 * MIB);
            out.writeBytes(first);
        }
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            PartitionTable read = PartitionTable.read(disk);
            assertThat(read.partitions()).hasSize(1);
            return DiskPlan.gaps(disk, read, notes).getLast().used().octets();
        }
    }

    @Test
    void anExtendedPartitionThatBeginsWithSomethingElseThanARecordIsTakenWhole() throws IOException {
        List<String> notes = new ArrayList<>();
        assertThat(taken("\u00ebR\u0090NTFS    ", notes)).isEqualTo(169 * MIB);
        assertThat(notes).singleElement().asString().contains("extended partition", "all of its 169 MiB");
    }

    @Test
    void ofAnExtendedPartitionThatBeginsWithZerosTheEndsAreTaken() throws IOException {
        List<String> notes = new ArrayList<>();
        assertThat(taken("", notes)).isEqualTo(64 * MIB);
        assertThat(notes).singleElement().asString().contains("only the first and last 32 MiB");
    }
}
