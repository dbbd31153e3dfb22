package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartTest {

    @TempDir
    Path folder;

    private final AtomicInteger made = new AtomicInteger();

    private Part part() throws Exception {
        return Part.of(
                folder,
                "start",
                Packing.ARCHIVE,
                List.of("input"),
                tree -> {
                    made.incrementAndGet();
                    tree.content("file", BaseTree.utf8("content"), false);
                    return "one file";
                },
                Progress.SILENT);
    }

    @Test
    void aPartIsKeptButNotOneWhoseNoteWasCutOff() throws Exception {
        Part first = part();
        assertThat(part().report().kept()).isTrue();
        assertThat(made).hasValue(1);

        Path note = folder.resolve(first.file().getFileName().toString().replaceAll("\\.[a-z.]+$", "") + ".txt");
        Files.writeString(note, "");

        assertThat(part().report()).isEqualTo(first.report());
        assertThat(made).hasValue(2);
    }

    @Test
    void oneBuildAtATimeWritesIntoACache() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        CompletableFuture<Boolean> second;
        try (BuildLock _ = BuildLock.in(folder, Progress.SILENT)) {
            second = CompletableFuture.supplyAsync(() -> {
                waits.countDown();
                try (BuildLock _ = BuildLock.in(folder, Progress.SILENT)) {
                    return ended.isDone();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            waits.await();
            ended.complete(true);
        }
        assertThat(second.get()).isTrue();
    }
}
