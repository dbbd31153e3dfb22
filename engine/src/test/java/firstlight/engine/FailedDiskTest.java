package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.DiskFailure;
import firstlight.image.health.DiskHealth;
import firstlight.wire.work.Problem;
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

    private record Known(boolean there, DiskHealth word) implements FailedDisk.Aftermath {
        @Override
        public boolean stays(BlockDevices.Device device) {
            return there;
        }

        @Override
        public DiskHealth health(BlockDevices.Device device) {
            return word;
        }
    }

    private static <T> T named(boolean stays, FailedDisk.Step<T> step) throws IOException {
        return FailedDisk.named(List.of(SDB), new Known(stays, DiskHealth.UNKNOWN), step);
    }

    private static FailedDisk.Step<String> failing(IOException how) {
        return () -> {
            throw how;
        };
    }

    @Test
    void hasItsModelAndSerialNumber() {
        assertThatThrownBy(() -> named(true, failing(failure)))
                .hasMessage(
                        "/dev/sdb cannot be written at offset 4096: /dev/sdb (SuperDisk, 500 MiB, serial number S6Z1):"
                                + " input/output error (errno 5). Replace it");
    }

    @Test
    void hasItsOwnWordOnItsHealthBesideTheFailure() {
        DiskHealth health = new DiskHealth(DiskHealth.Verdict.FAILING, List.of("its own check says so"));
        assertThatThrownBy(() -> FailedDisk.named(List.of(SDB), new Known(true, health), failing(failure)))
                .hasMessageContaining(
                        "error (errno 5); the disk's word on its health (SMART) is failing: its own check");
    }

    @Test
    void thatIsGoneIsSaidToBeGone() {
        assertThatThrownBy(() -> named(false, failing(failure)))
                .hasMessageContaining("S6Z1): the PC does not see this disk any more: it was pulled out")
                .hasMessageContaining("(input/output error (errno 5))")
                .hasMessageContaining("Check its cable and power");
    }

    @Test
    void thatIsGoneIsNamedWhateverAToolSaysOfIt() {
        assertThatThrownBy(() -> named(false, failing(new IOException("partclone.ext4 ended with status 1"))))
                .isInstanceOf(DiskFailure.class)
                .hasMessageStartingWith(
                        "The disk /dev/sdb went in the middle of the work: /dev/sdb (SuperDisk, 500 MiB,"
                                + " serial number S6Z1): the PC does not see this disk any more")
                .hasMessageContaining("(partclone.ext4 ended with status 1)");
    }

    @Test
    void isLookedForByItsSerialNumberSinceAnotherMayHaveItsName() throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/block/sdb/device"));
        Files.writeString(root.resolve("sys/block/sdb/size"), "1024000\n");
        Files.writeString(folder.resolve("serial"), "OTHER\n");
        assertThatThrownBy(() -> FailedDisk.named(List.of(SDB), new BlockDevices(root), failing(failure)))
                .hasMessageContaining("does not see this disk any more");
    }

    @Test
    void otherFailuresStayAsTheyAre() {
        IOException broken = new IOException("the server is gone");
        assertThatThrownBy(() -> named(true, failing(broken))).isSameAs(broken);
        Refused refused = new Refused(new Problem(409, "The work was cancelled", "by anna", ""));
        assertThatThrownBy(() -> named(false, failing(refused))).isSameAs(refused);
        assertThatThrownBy(() -> FailedDisk.named(List.of(), new Known(false, DiskHealth.UNKNOWN), failing(failure)))
                .isSameAs(failure);
    }
}
