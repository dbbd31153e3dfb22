package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComputerNameTest {
    @TempDir
    Path root;

    @Test
    void changesTheNameAndTheLineOfTheComputerItself() throws IOException {
        Path etc = Files.createDirectories(root.resolve("etc"));
        Files.writeString(etc.resolve("hostname"), "master\n");
        Files.writeString(
                etc.resolve("hosts"), "127.0.0.1\tlocalhost\n127.0.1.1\tmaster.school.example master\n# end\n");
        Files.writeString(etc.resolve("fstab"), "untouched\n");
        assertThat(ComputerName.apply(root, "room12-pc7")).isTrue();
        assertThat(etc.resolve("hostname")).hasContent("room12-pc7\n");
        assertThat(etc.resolve("hosts"))
                .hasContent("127.0.0.1\tlocalhost\n127.0.1.1\troom12-pc7.school.example room12-pc7\n# end\n");
        assertThat(etc.resolve("fstab")).hasContent("untouched\n");
    }

    @Test
    void keepsCommentsInAnyEncoding() throws IOException {
        Path etc = Files.createDirectories(root.resolve("etc"));
        Files.writeString(etc.resolve("hostname"), "master\n");
        Files.writeString(etc.resolve("hosts"), "# f\u00fcr alle\n127.0.1.1 master\n", StandardCharsets.ISO_8859_1);
        assertThat(ComputerName.apply(root, "pc")).isTrue();
        assertThat(Files.readString(etc.resolve("hosts"), StandardCharsets.ISO_8859_1))
                .isEqualTo("# f\u00fcr alle\n127.0.1.1\tpc\n");
    }

    @Test
    void leavesHostsAloneWithoutSuchALine() {
        assertThat(ComputerName.renamed("127.0.1.10 printer\n", "old", "new")).isEqualTo("127.0.1.10 printer\n");
        assertThat(ComputerName.renamed("127.0.0.1 localhost\n", "old", "new")).isEqualTo("127.0.0.1 localhost\n");
        assertThat(ComputerName.renamed("127.0.1.1 old\n", "old", "new")).isEqualTo("127.0.1.1\tnew\n");
    }

    @Test
    void aFileSystemWithoutANameIsNoLinuxRoot() throws IOException {
        Files.createDirectories(root.resolve("etc"));
        assertThat(ComputerName.apply(root, "pc")).isFalse();
        assertThat(root.resolve("etc/hostname")).doesNotExist();
    }

    /** As Fedora's installer leaves it. */
    @Test
    void aLinuxThatWasNeverNamedGetsANameAsItsOtherFilesAre() throws IOException {
        Path etc = Files.createDirectories(root.resolve("etc"));
        Files.createDirectories(root.resolve("usr/lib"));
        Files.writeString(root.resolve("usr/lib/os-release"), "ID=fedora\n");
        Files.writeString(etc.resolve("fstab"), "UUID=1 / btrfs subvol=root 0 0\n");
        Files.setPosixFilePermissions(etc.resolve("fstab"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(ComputerName.apply(root, "room12-pc7")).isTrue();
        assertThat(etc.resolve("hostname")).hasContent("room12-pc7\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve("hostname"))))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void doesNotFollowALinkOutOfTheRestoredSystem(@TempDir Path own) throws IOException {
        Files.createDirectories(own.resolve("etc"));
        Files.writeString(own.resolve("etc/hostname"), "imaging\n");
        Files.createSymbolicLink(root.resolve("etc"), own.resolve("etc"));
        assertThat(ComputerName.apply(root, "pc")).isFalse();
        assertThat(own.resolve("etc/hostname")).hasContent("imaging\n");
    }

    @Test
    void refusesWhatIsNoName() {
        assertThatThrownBy(() -> ComputerName.apply(root, "a b; rm")).hasMessageContaining("no computer name");
    }
}
