package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a clock of the test's own: no second passes. */
class DiskWatchTest {
    private static final Path NODE = Path.of("/dev/sda");

    @TempDir
    Path root;

    private final List<String> heard = new ArrayList<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private long now;

    private DiskWatch watch;

    /** Reads at 8 MB do not return before the test says so. */
    private final class Hanging implements DiskOver {
        private final Disk disk;

        Hanging(Disk disk) {
            this.disk = disk;
        }

        @Override
        public Disk disk() {
            return disk;
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            if (offset == 8_000_000) {
                asked.countDown();
                await(answer);
            }
            disk.read(offset, into);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    @BeforeEach
    void aDisk() throws IOException {
        Files.write(root.resolve("disk"), new byte[9 << 20]);
        watch = new DiskWatch(
                (node, writing) -> new Hanging(DiskFile.open(root.resolve("disk"), 512, Access.READ_WRITE)),
                root,
                Duration.ofMinutes(3),
                () -> now,
                new DiskWatch.Hearing() {
                    @Override
                    public void tell(String words) {
                        heard.add(words);
                    }

                    @Override
                    public void gaveUp(DiskFailure why) {
                        heard.add("GAVE UP: " + why.getMessage());
                    }
                });
    }

    private void seconds(int count) {
        for (int i = 0; i < count; i++) {
            watch.look();
            now += 1_000_000_000L;
        }
    }

    private static FutureTask<Boolean> read(Disk disk) {
        FutureTask<Boolean> read = new FutureTask<>(() -> {
            disk.read(8_000_000, ByteBuffer.allocate(512));
            return true;
        });
        Thread.ofVirtual().start(read);
        return read;
    }

    @Test
    void aDiskThatHangsAndComesBackIsToldOfAndKeptForTheSummary() throws Exception {
        try (Disk disk = watch.open(NODE, false)) {
            seconds(1000);
            disk.read(0, ByteBuffer.allocate(512));
            FutureTask<Boolean> read = read(disk);
            await(asked);
            seconds(75);
            assertThat(heard)
                    .containsExactly("disk /dev/sda has not answered for 60 s (reading at 8 MB); it is waited for"
                            + " up to 180 s");
            answer.countDown();
            read.get();
            seconds(1);
        }
        assertThat(heard.getLast()).isEqualTo("disk /dev/sda answers again after 75 s");
        assertThat(watch.summary()).isEqualTo("; disk /dev/sda answers again after 75 s");
    }

    @Test
    void aDiskThatIsGivenUpTakesNothingMoreWhenItComesBack() throws Exception {
        Disk disk = watch.open(NODE, true);
        FutureTask<Boolean> read = read(disk);
        await(asked);
        seconds(200);
        assertThat(heard.getLast())
                .startsWith("GAVE UP: The disk /dev/sda does not answer: /dev/sda: nothing came for 180 s (reading at")
                .contains("firstlight.disk-patience=");
        answer.countDown();
        assertThatThrownBy(read::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(DiskFailure.class)
                .hasMessageContaining("does not answer");
        assertThatThrownBy(() -> disk.write(0, ByteBuffer.allocate(512)))
                .isInstanceOf(DiskFailure.class)
                .hasMessageContaining("does not answer");
    }

    /** Nobody opens it here: the kernel's counts tell. */
    @Test
    void aMediumThatHangsIsToldOf() throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/block/sdb"));
        Files.writeString(folder.resolve("size"), "8192\n");
        Files.writeString(folder.resolve("stat"), "7 0 56 3 9 0 72 5 2 8 8 0 0 0 0 0 0\n");
        watch.mounted(Path.of("/dev/sdb"));
        seconds(75);
        assertThat(heard)
                .containsExactly(
                        "disk /dev/sdb (4 MiB) has not answered for 60 s (a request of a tool or of the kernel);"
                                + " it is waited for up to 180 s");
    }
}
