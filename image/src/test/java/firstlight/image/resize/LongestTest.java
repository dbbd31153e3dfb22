package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.extents.FileSystem;
import firstlight.image.pipeline.Shell;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongestTest {
    @TempDir
    Path folder;

    /** Of 2^32 - 1 clusters, which Windows does not go beyond. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "-c 512, 2199023255040",
        "-c 4096, 17592186040320",
        "-c 65536, 281474976645120",
        "-c 2097152, 9007199252643840",
        "-s 4096 -c 4096, 17592186040320"
    })
    void anNtfsGrowsAsFarAsItsClustersHaveNumbers(String made, long longest) throws IOException {
        Path file = folder.resolve("disk");
        Shell.run("truncate -s 64M %1$s; mkntfs -q -Q -F %2$s %1$s".formatted(file, made));
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            OldFileSystem old = new OldFileSystem("partition 1 (ntfs)", FileSystem.NTFS, true, disk.size(), 0);
            assertThat(Longest.of(old, disk, longest - 1)).isEqualTo(longest - 1);
            assertThat(Longest.of(old, disk, longest + (1L << 30))).isEqualTo(longest);
        }
    }
}
