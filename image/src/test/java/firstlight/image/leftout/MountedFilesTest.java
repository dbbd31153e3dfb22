package firstlight.image.leftout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Tool;
import firstlight.image.extents.Extents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's word where files lie, held against that of xfs_db. Needs root, loop devices and XFS. */
class MountedFilesTest {
    private static final long SIZE = 304L << 20;

    @TempDir
    Path folder;

    private Path volume(String files) throws IOException {
        Path volume = folder.resolve("xfs");
        Tool made = Tool.run(List.of(
                "bash",
                "-ec",
                """
                truncate -s %d "$1"; mkfs.xfs -q "$1"; mkdir "$2"; mount -o loop "$1" "$2"; trap 'umount "$2"' EXIT
                cd "$2"; %s
                cd /
                """.formatted(SIZE, files),
                "bash",
                volume.toString(),
                folder.resolve("tree").toString()));
        assertThat(made.exit()).as(made.output()).isZero();
        return volume;
    }

    private static byte[] window(Path volume) throws IOException {
        try (InputStream in = Files.newInputStream(volume)) {
            return in.readNBytes(4096);
        }
    }

    @Test
    void bothTellTheSamePlacesOfFilesWhole() throws IOException {
        Path volume = volume("""
                mkdir 'a b' empty; head -c 3000000 /dev/urandom > 'a b/plain'; ln -s 'a b/plain' link; ln -s empty to
                for i in $(seq 0 8 5600); do echo pwrite -S 0 ${i}k 4k; done | xfs_io -f pieces > /dev/null
                fallocate -l 8M set-aside; truncate -s 1G hole; echo x > small; mkfifo pipe; : > nothing
                cp --reflink=always 'a b/plain' shared; head -c 70000 /dev/urandom > "$(printf 'ni\\303\\266')"
                """);
        XfsFiles told = new XfsFiles(volume, window(volume));
        try (MountedFiles seen = MountedFiles.ofXfs(volume, SIZE)) {
            assertThat(seen.names(""))
                    .containsExactlyInAnyOrderElementsOf(told.names("").stream()
                            .filter(name -> !name.startsWith("."))
                            .toList());
            assertThat(seen.names("/a b")).containsExactly("plain");
            assertThat(seen.names("/to")).as("a link").isEmpty();
            for (String folder : List.of("/nowhere", "/small", "/empty")) {
                assertThat(seen.names(folder)).isEmpty();
            }
            told.names("/a b");
            for (String file : List.of("/pieces", "/set-aside", "/hole", "/small", "/nothing", "/niö")) {
                assertThat(Extents.union(seen.content(file).ranges()))
                        .as(file)
                        .isEqualTo(Extents.union(told.content(file).ranges()));
            }
            assertThat(seen.content("/pieces").ranges()).hasSizeGreaterThan(256);
            assertThat(seen.content("/set-aside").ranges()).isNotEmpty();
            for (String file : List.of("/a b/plain", "/shared", "/link", "/pipe", "/a b", "/nowhere")) {
                assertThat(seen.content(file).ranges()).as(file).isEmpty();
            }
        }
    }

    @Test
    void whatThisKernelCannotMountIsRefusedAndLeavesNothingBehind() throws IOException {
        Path none = folder.resolve("none");
        Files.write(none, new byte[1 << 20]);
        assertThatThrownBy(() -> MountedFiles.ofXfs(none, 1 << 20))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("cannot be mounted");
        assertThat(Tool.run(List.of("losetup", "-j", none.toString())).output()).isEmpty();
    }
}
