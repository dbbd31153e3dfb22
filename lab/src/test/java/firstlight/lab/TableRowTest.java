package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableRowTest {
    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void aDiskWithTwoPartitions() throws IOException {
        disk = folder.resolve("disk");
        Files.write(disk, new byte[8 << 20]);
        Shell.run(
                "sh",
                "-c",
                "printf 'label: gpt\\nstart=2048, size=4096, name=a\\nsize=2048, name=b\\n' | sfdisk -q \"$1\"",
                "sh",
                disk.toString());
        Shell.run(
                "sh",
                "-c",
                "printf second | dd of=\"$1\" bs=512 seek=6144 conv=notrunc status=none",
                "sh",
                disk.toString());
    }

    @Test
    void tellsWhereEachPartitionLiesAndWhatItIs() {
        List<TableRow> rows = TableRow.of(disk, 2);
        assertThat(rows).extracting(TableRow::start).containsExactly(2048L, 6144L);
        assertThat(rows).extracting(TableRow::end).containsExactly(6144L, 8192L);
        assertThat(TableRow.identities(rows).getLast())
                .contains("uuid=", "name=\"b\"")
                .doesNotContain("size");
    }

    @Test
    void copiesOnePartitionOutOfTheDisk() throws IOException {
        byte[] copy = Files.readAllBytes(TableRow.of(disk, 2).getLast().copied(disk, folder.resolve("copy")));
        assertThat(copy).hasSize(1 << 20).startsWith('s', 'e', 'c', 'o', 'n', 'd', 0);
    }

    @Test
    void anotherNumberOfPartitionsIsAFailure() {
        assertThatThrownBy(() -> TableRow.of(disk, 3))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("sfdisk finds");
    }
}
