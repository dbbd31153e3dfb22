package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the machine's apt. */
class PackageLockTest {
    private static final List<String> COMPONENTS = List.of("main", "non-free-firmware");

    @TempDir
    Path folder;

    private FolderArchive archive;

    @BeforeEach
    void anArchive() throws IOException, BuildFailedException {
        archive = new FolderArchive(folder.resolve("archive"), "bookworm");
        main(1);
        archive.component(
                "non-free-firmware",
                Bundled.lines("packages.list").stream()
                        .filter(name -> name.startsWith("?"))
                        .map(name -> FolderArchive.named(name.substring(1), 1))
                        .toList());
        archive.publish(COMPONENTS);
    }

    @Test
    void firmwareThatTheArchiveHadNotWhileItWasBroughtUpToDateComesWithTheNextBuild() throws Exception {
        Path list = archive.list("non-free-firmware");
        Path away = Files.move(list, folder.resolve("away"));
        PackageLock without = lock(false);
        assertThat(without.text()).doesNotContain("firmware-realtek 1");
        assertThat(without.notes()).singleElement().asString().contains("non-free-firmware is not to be had");

        assertThat(lock(false).text()).isEqualTo(without.text());

        Files.move(away, list);
        PackageLock with = lock(false);
        assertThat(with.text()).contains("firmware-realtek 1");
        assertThat(with.notes()).isEmpty();
    }

    @Test
    void whatWasResolvedIsKeptUntilItIsRefreshed() throws Exception {
        String first = lock(false).text();
        main(2);
        archive.publish(COMPONENTS);
        assertThat(lock(false).text()).isEqualTo(first).contains("busybox-static 1");
        assertThat(lock(true).text()).contains("busybox-static 2");
    }

    /** The archive keeps the newest alone. */
    @Test
    void aVersionThatHasLeftTheArchiveIsToldWithTheWayToNewerOnes() throws Exception {
        lock(false);
        main(2);
        archive.publish(COMPONENTS);
        Command.run(List.of("find", folder.resolve("cache/apt/state/lists").toString(), "-type", "f", "-delete"), "");
        assertThatThrownBy(() -> lock(false).unpack())
                .isInstanceOfSatisfying(
                        BuildFailedException.class,
                        failed -> assertThat(failed.cure()).endsWith(": firstlight environment build --refresh"));
    }

    private void main(int version) throws IOException {
        archive.component(
                "main",
                Bundled.lines("packages.list").stream()
                        .filter(name -> !name.startsWith("?"))
                        .map(name -> FolderArchive.named(name, version))
                        .toList());
    }

    private PackageLock lock(boolean refresh) throws IOException, BuildFailedException {
        return PackageLock.of(folder.resolve("cache"), archive.etc(), refresh, Progress.SILENT);
    }
}
