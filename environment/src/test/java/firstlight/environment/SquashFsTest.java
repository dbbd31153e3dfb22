package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SquashFsTest {
    private static final SquashFs FORMAT = new SquashFs(3, "128K");

    @TempDir
    Path folder;

    @Test
    void theSameTreeGivesTheSameOctetsWhateverItsFilesTimesAndPermissions() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[300_000]);
        Path first = folder.resolve("first.squashfs");
        FORMAT.write(tree(file), first);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        Path second = folder.resolve("second.squashfs");
        FORMAT.write(tree(file), second);
        assertThat(second).hasSameBinaryContentAs(first);
    }

    @Test
    void everythingIsRootsAndOfOneTime() throws Exception {
        Path image = folder.resolve("image.squashfs");
        FORMAT.write(tree(Files.writeString(folder.resolve("file"), "content")), image);
        List<String> found = Command.run(
                        List.of("unsquashfs", "-UTC", "-lln", image.toString()), "install squashfs-tools")
                .lines()
                .filter(line -> line.contains("squashfs-root/"))
                .map(line -> line.replaceAll(" +\\d+ 2026", " 2026"))
                .toList();
        assertThat(found)
                .containsExactly(
                        "-rw-r--r-- 0/0 2026-01-01 00:00 squashfs-root/file",
                        "drwxr-xr-x 0/0 2026-01-01 00:00 squashfs-root/usr",
                        "drwxr-xr-x 0/0 2026-01-01 00:00 squashfs-root/usr/bin",
                        "-rwxr-xr-x 0/0 2026-01-01 00:00 squashfs-root/usr/bin/program",
                        "lrwxrwxrwx 0/0 2026-01-01 00:00 squashfs-root/usr/bin/sh -> program");
    }

    @Test
    void anImageHoldsNoDevicesAndLeavesNothingBehind() {
        Tree tree = new Tree().device("dev/console", 5, 1, 0600);
        assertThatThrownBy(() -> FORMAT.write(tree, folder.resolve("image")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("dev/console");
        assertThat(folder).isEmptyDirectory();
    }

    private static Tree tree(Path file) throws IOException {
        return new Tree()
                .copy("file", file)
                .content("bin/program", "#!/\n".getBytes(StandardCharsets.UTF_8), true)
                .link("bin/sh", "program");
    }
}
