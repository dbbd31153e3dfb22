package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trees lie below a folder whose name is one of those that may differ within a system: it must not count. */
class TreeComparisonTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir
    Path folder;

    private Path source;
    private Path target;

    @BeforeEach
    void twoTreesAlike() throws IOException {
        source = tree("var/tmp/source");
        target = tree("var/tmp/target");
    }

    private Path tree(String name) throws IOException {
        Path root = folder.resolve(name);
        for (int i = 0; i < TreeComparison.FEWEST; i++) {
            write(root, "usr/bin/program" + i, "program " + i);
        }
        write(root, "etc/hostname", "donor\n");
        write(root, "var/log/dmesg", "");
        Files.createSymbolicLink(root.resolve("bin"), Path.of("usr/bin"));
        return root;
    }

    private static void write(Path root, String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, LONG_AGO);
    }

    private String faults() {
        return DiskCheck.unexpected(new TreeComparison(source, target).look().differences())
                .toString();
    }

    @Test
    void treesAlikeHaveNoDifference() {
        TreeComparison.Outcome outcome = new TreeComparison(source, target).look();
        assertThat(outcome.differences()).isEmpty();
        assertThat(outcome.entries()).isGreaterThan(TreeComparison.FEWEST);
        assertThat(DiskCheck.sameFiles(source, target)).contains("0 changed");
    }

    @Test
    void anotherContentIsFoundWhereverTheTreesLie() throws IOException {
        write(target, "usr/bin/program7", "program 8");
        assertThat(faults()).isEqualTo("[usr/bin/program7: another content]");
        assertThatThrownBy(() -> DiskCheck.sameFiles(source, target))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("usr/bin/program7");
    }

    @Test
    void whatWasLostAndWhatCameAlongIsFound() throws IOException {
        Files.delete(target.resolve("usr/bin/program3"));
        Files.delete(target.resolve("bin"));
        write(target, "rubbish", "of somebody");
        assertThat(faults()).contains("usr/bin/program3: lost", "bin: lost", "rubbish: not there before the capture");
    }

    @Test
    void anotherModeTimeOrAimOfALinkIsFound() throws IOException {
        Files.setPosixFilePermissions(target.resolve("usr/bin/program1"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.setLastModifiedTime(target.resolve("usr/bin/program2"), FileTime.fromMillis(0));
        Files.delete(target.resolve("bin"));
        Files.createSymbolicLink(target.resolve("bin"), Path.of("etc"));
        assertThat(faults()).contains("usr/bin/program1: was", "usr/bin/program2: was", "bin");
    }

    @Test
    void whatASystemWritesMayDiffer() throws IOException {
        write(target, "etc/hostname", "room12-pc07\n");
        write(target, "var/log/messages", "hello\n");
        assertThat(faults()).isEqualTo("[]");
        assertThat(new TreeComparison(source, target).look().differences()).hasSizeGreaterThan(1);
    }

    @Test
    void whatNoSystemWritesByItselfIsFoundAmongWhatItDoes() throws IOException {
        write(target, "etc/passwd", "root::0:0::/:/bin/sh\n");
        write(target, "lost+found/#12", "of a broken folder");
        assertThat(faults()).contains("etc/passwd", "lost+found");
    }

    @Test
    void aComplaintOfTheToolIsADifference() {
        assertThat(DiskCheck.unexpected(new TreeComparison(source, target).inContent("diff: out of memory\n")))
                .singleElement()
                .hasToString("diff: out of memory");
    }

    @Test
    void aTreeThatWasNotReadIsNoTreeAlike() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> DiskCheck.sameFiles(empty, empty))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("was not read");
    }
}
