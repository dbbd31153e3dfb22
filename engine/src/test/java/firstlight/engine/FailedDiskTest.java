package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.DiskFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedDiskTest {
    private final DiskFailure failure = new DiskFailure(
            "/dev/sdb", "/dev/sdb cannot be written at offset 4096", "input/output error (errno 5)", "Replace it");

    private static final BlockDevices.Device SDB =
            new BlockDevices.Device("sdb", 500L << 20, "S6Z1", "SuperDisk", true);

    @TempDir
    Path root;

    private BlockDevices kernel(String... disks) throws IOException {
        for (String disk : disks) {
            Path folder = root.resolve("sys/block").resolve(disk);
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("size"), "1024000\n");
        }
        return new BlockDevices(root);
    }

    @Test
    void hasItsModelAndSerialNumber() throws IOException {
        DiskFailure named = FailedDisk.named(failure, List.of(SDB), kernel("sdb"));
        assertThat(named.getMessage())
                .isEqualTo(
                        "/dev/sdb cannot be written at offset 4096: /dev/sdb (SuperDisk, 500 MiB, serial number S6Z1):"
                                + " input/output error (errno 5). Replace it");
    }

    @Test
    void thatIsGoneIsSaidToBeGone() throws IOException {
        assertThat(FailedDisk.named(failure, List.of(SDB), kernel("sda")).cause())
                .endsWith(
                        "; the PC does not see this disk any more: it was pulled out, or its cable, power or controller failed");
    }

    @Test
    void otherFailuresStayAsTheyAre() throws IOException {
        BlockDevices kernel = kernel("sdb");
        assertThatThrownBy(() -> FailedDisk.named(List.of(SDB), kernel, () -> {
                    throw new IOException("the server is gone");
                }))
                .hasMessage("the server is gone");
        assertThat(FailedDisk.named(failure, List.of(), kernel)).isSameAs(failure);
    }
}
