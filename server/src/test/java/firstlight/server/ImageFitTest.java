package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.Publication;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of an image with a disk of 4 and one of 6 MiB, of which nobody knows what is on them. */
class ImageFitTest {
    @TempDir
    Path data;

    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @BeforeEach
    void anImageOfTwoDisks() throws Exception {
        try (ImageStore store = DiskStore.open(data.resolve("images"));
                DiskFile one = DiskFile.open(file("one", 4), 512, Access.READ);
                DiskFile two = DiskFile.open(file("two", 6), 512, Access.READ)) {
            Capture.Captured captured =
                    new Capture(store.sink(), 2, "test").capture(List.of(one, two), Progress.SILENT);
            assertThat(store.publish(new ImageName("pair"), captured.manifest()))
                    .isInstanceOf(Publication.Published.class);
        }
    }

    private Path file(String name, int mib) throws Exception {
        Path file = data.resolve(name);
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength((long) mib << 20);
        }
        return file;
    }

    private int fit(String... disks) {
        out = new StringWriter();
        err = new StringWriter();
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.concat(
                                List.of("image", "fit", "pair", "--data", data.toString()).stream(),
                                List.of(disks).stream())
                        .toArray(String[]::new));
    }

    @Test
    void eachDiskIsToldOfByItsNumber() {
        assertThat(fit("--disk", "4M", "--disk", "8M")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("the image fits disk 1, 0 octets", "the image fits disk 2, 2097152 octets");
        assertThat(fit("--disk", "4M", "--disk", "5M")).isEqualTo(1);
        assertThat(err.toString()).contains("The image does not fit disk 2");
    }

    @Test
    void whatIsSaidOfOneOfSeveralDisksIsNoAnswer() {
        assertThat(fit("--disk", "4M")).isEqualTo(1);
        assertThat(err.toString())
                .contains("'pair' has 2 disks (4 MiB, 6 MiB), and 1 target is given")
                .contains("give --disk once for each, in this order");
        assertThat(fit("--disk", "4M", "--disk", "6M", "--disk", "9M")).isEqualTo(1);
        assertThat(err.toString()).contains("and 3 targets are given");
        assertThat(out.toString()).isEmpty();
    }
}
