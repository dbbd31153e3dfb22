package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is made in these tests: there is no environment where they look for one. */
class MediaCommandTest {
    @TempDir
    Path folder;

    private MediaCommand.Settings settings() {
        MediaCommand.Settings settings = new MediaCommand.Settings();
        settings.data = folder.resolve("data");
        return settings;
    }

    /** Some disk of this machine, which is not opened. */
    private static Path disk() throws IOException {
        try (Stream<Path> disks = Files.list(Path.of("/sys/class/block"))) {
            return disks.filter(disk -> !Files.exists(disk.resolve("partition")))
                    .map(disk -> Path.of("/dev", disk.getFileName().toString()))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aDisksNodeIsNotReplacedByAnIso() throws IOException {
        Path linked = Files.createSymbolicLink(folder.resolve("disk"), disk());
        assertThatThrownBy(() -> new MediaCommand().iso(settings(), linked))
                .isInstanceOf(OperatorError.class)
                .hasMessage(linked + " is a disk, no file");
        Path stick = Files.createSymbolicLink(folder.resolve("stick"), Path.of("/dev/sdb-of-nobody"));
        assertThatThrownBy(() -> new MediaCommand().iso(settings(), stick))
                .hasMessage(stick + " is a link to /dev/sdb-of-nobody, which is not there");
        assertThatThrownBy(() -> new MediaCommand().iso(settings(), Path.of("/dev/sdb-of-nobody")))
                .hasMessage("/dev/sdb-of-nobody is a disk, no file");
    }

    @Test
    void aDiskIsOneByWhateverName() throws IOException {
        Path other = Path.of("/tmp/../dev/sdb-of-nobody");
        assertThatThrownBy(() -> new MediaCommand().usb(settings(), other, "1G", false))
                .hasMessage("all that is on " + other + " would be lost");
        assertThatThrownBy(() -> new MediaCommand().usb(settings(), folder, "1G", true))
                .hasMessage(folder + " is neither a file nor a disk, but a folder");
        assertThatThrownBy(() -> new MediaCommand().iso(settings(), Path.of("/dev/null")))
                .hasMessage("/dev/null is neither a file nor a disk");
    }

    @Test
    void aLinkToAFileIsThatFile() throws IOException {
        Path old = Files.writeString(folder.resolve("old.raw"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), old);
        assertThat(MediumTarget.of(link)).isEqualTo(new MediumTarget.Plain(old.toRealPath()));
        assertThat(MediumTarget.of(folder.resolve("new.raw")))
                .isEqualTo(new MediumTarget.Plain(folder.resolve("new.raw")));
    }

    @Test
    void aLinkToAFileThatIsNotMadeYetIsThatFile() throws IOException {
        Path there = folder.toRealPath();
        Path link = Files.createSymbolicLink(folder.resolve("latest.raw"), Path.of("room12.raw"));
        assertThat(MediumTarget.of(link)).isEqualTo(new MediumTarget.Plain(there.resolve("room12.raw")));
        Path other = Files.createSymbolicLink(folder.resolve("other.raw"), link);
        assertThat(MediumTarget.of(other)).isEqualTo(new MediumTarget.Plain(there.resolve("room12.raw")));
        Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
        assertThatThrownBy(() -> MediumTarget.of(circle)).hasMessageContaining("links lead in a circle");
    }

    @Test
    void aPartitionIsNotTakenForADisk() throws IOException {
        Path disk = disk();
        assertThat(MediumTarget.of(disk, folder)).isEqualTo(new MediumTarget.Disk(disk));
        Files.createDirectories(folder.resolve(disk.getFileName()).resolve("partition"));
        assertThatThrownBy(() -> MediumTarget.of(disk, folder)).hasMessage(disk + " is a partition, no disk");
    }

    @Test
    void aFileThatWasThereStaysWhereTheNewOneWouldBeTooSmall() throws IOException {
        Path old = Files.writeString(folder.resolve("old.raw"), "old");
        assertThatThrownBy(() -> MediaCommand.whole(old, unfinished -> {
                    Files.write(unfinished, new byte[3 << 20]);
                    MediaCommand.grow(unfinished, 50L << 20, "50M");
                }))
                .hasMessage("50M is too small: the medium alone takes 3 MiB");
        assertThat(folder.toFile().list()).containsExactly("old.raw");
        assertThat(old).content().isEqualTo("old");
    }
}
