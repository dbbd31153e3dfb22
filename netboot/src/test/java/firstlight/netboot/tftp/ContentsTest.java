package firstlight.netboot.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.netboot.files.Finding.OnDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentsTest {
    @TempDir
    private Path root;

    private final Contents contents = new Contents();

    /** A boot folder on NFS whose server is gone: what is mapped is sent all the same, by the one thread of all transfers. */
    @Test
    void aFileThatIsNotOpenedForAWhileStandsInNoOthersWay() throws Exception {
        Path there = Files.writeString(root.resolve("vmlinuz"), "kernel");
        OnDisk file = new OnDisk(there, 6, Instant.EPOCH);
        Content content = contents.open(file, false);
        Path slow = root.resolve("slow"); // opening a FIFO lasts until somebody writes to it
        assertThat(new ProcessBuilder("mkfifo", slow.toString()).start().waitFor())
                .isZero();
        FutureTask<Content> opening = new FutureTask<>(() -> contents.open(new OnDisk(slow, 0, Instant.EPOCH), false));
        Thread opener = Thread.ofPlatform().daemon().start(opening);
        while (Arrays.stream(opener.getStackTrace())
                .noneMatch(frame -> frame.getMethodName().equals("open0"))) {
            Thread.onSpinWait();
        }

        CompletableFuture<Content> another = CompletableFuture.supplyAsync(() -> {
            contents.release(content);
            try {
                return contents.open(file, false);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(another.get(30, TimeUnit.SECONDS)).isSameAs(content);
        OnDisk fresh = new OnDisk(Files.writeString(root.resolve("initrd"), "archive"), 7, Instant.EPOCH);
        CompletableFuture<Content> unmapped = CompletableFuture.supplyAsync(() -> {
            try {
                return contents.open(fresh, false);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(unmapped.get(30, TimeUnit.SECONDS).size()).isEqualTo(7);

        Files.newOutputStream(slow).close();
        opener.join();
        contents.release(content);
        contents.close();
    }
}
