package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemDiskTest {
    private static final String DEBIAN = """
            Types: deb
            # the archive
            URIs: http://mirror.example.com/debian
            Suites: bookworm bookworm-updates
            Components: main
            """;

    @TempDir
    Path apt;

    private Path file(String name, String text) throws IOException {
        Files.createDirectories(apt.resolve("sources.list.d"));
        return Files.writeString(apt.resolve(name), text);
    }

    @Test
    void theDiskComesFromWhereDebiansInstallerHadItsPackages() throws IOException {
        file("sources.list.d/docker.list", "deb https://download.example.com/linux/debian bookworm main\n");
        Path list = file("sources.list", "# comments\ndeb http://deb.debian.org/debian bookworm main\n");
        assertThat(SystemDisk.sources(apt, "bookworm")).containsExactly(list);
        Path stanzas = file("sources.list.d/debian.sources", DEBIAN);
        assertThat(SystemDisk.sources(apt, "bookworm")).containsExactly(stanzas);
    }

    @Test
    void aStanzaThatEndsWithItsTypeAndACommentInLatin1AreRead() throws IOException {
        file("sources.list.d/debian.sources", "# F\u00fcr alle\nURIs: http://mirror.example.com/debian\nTypes: deb\n");
        Path stanzas = apt.resolve("sources.list.d/debian.sources");
        Files.writeString(stanzas, Files.readString(stanzas), StandardCharsets.ISO_8859_1);
        assertThat(SystemDisk.sources(apt, "bookworm")).containsExactly(stanzas);
    }

    @Test
    void aCompanysMirrorInAFileOfItsOwnIsFound() throws IOException {
        file("sources.list", "# See /etc/apt/sources.list.d/\n");
        file("sources.list.d/debian.sources", "Enabled: no\n" + DEBIAN);
        file("sources.list.d/other.sources", DEBIAN.replace("bookworm", "trixie"));
        file("sources.list.d/shop.list", "deb https://shop.example.com/apt bookworm contrib\n");
        file("sources.list.d/internal.sources.bak", DEBIAN);
        Path internal = file("sources.list.d/internal.sources", DEBIAN);
        assertThat(SystemDisk.sources(apt, "bookworm")).containsExactly(internal);
    }
}
