package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
    @TempDir
    Path etc;

    @BeforeEach
    void bookworm() throws IOException {
        Files.writeString(etc.resolve("os-release"), "NAME=\"Debian GNU/Linux\"\nVERSION_CODENAME=bookworm\n");
        Files.createDirectories(etc.resolve("apt/sources.list.d"));
    }

    @Test
    void keepsDebiansStanzasWithFirmwareAndLeavesOthersOut() throws IOException {
        write("sources.list.d/debian.sources", """
                # The archive
                Types: deb deb-src
                URIs: http://mirror.example/debian
                Suites: bookworm bookworm-updates
                Components: main
                Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

                Types: deb
                URIs: http://mirror.example/other
                Suites: bookworm
                Components: main
                Enabled: no
                """);
        write("sources.list.d/node.list", "deb [signed-by=/k.gpg] https://node.example nodistro main\n");
        assertThat(AptSources.ofMachine(etc, true)).isEqualToIgnoringNewLines("""
                        Types: deb
                        Components: main non-free-firmware
                        URIs: http://mirror.example/debian
                        Suites: bookworm bookworm-updates
                        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
                        """);
    }

    @Test
    void readsTheOldOneLineForm() throws IOException {
        write("sources.list", """
                deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib
                deb-src http://mirror.example/debian bookworm main
                deb http://security.example/debian-security bookworm-security main
                deb http://mirror.example/debian trixie main
                """);
        assertThat(AptSources.ofMachine(etc, false).lines())
                .containsExactly(
                        "Types: deb",
                        "Components: main",
                        "URIs: http://mirror.example/debian",
                        "Suites: bookworm",
                        "Architectures: amd64",
                        "Signed-By: /k.gpg",
                        "",
                        "Types: deb",
                        "Components: main",
                        "URIs: http://security.example/debian-security",
                        "Suites: bookworm-security");
    }

    /** Whoever's file it is. */
    @Test
    void aCommentInLatin1IsRead() throws IOException {
        write("sources.list", "deb http://mirror.example/debian bookworm main\n");
        Files.writeString(
                etc.resolve("apt/sources.list.d/vendor.list"),
                "# f\u00fcr alle\ndeb http://vendor.example/ stable non-free\n",
                StandardCharsets.ISO_8859_1);
        assertThat(AptSources.ofMachine(etc, false)).contains("mirror.example").doesNotContain("vendor");
    }

    @Test
    void aNameThatIsNotAsciiKeepsItsOctets() throws Exception {
        write("sources.list", "deb [signed-by=/keys/schl\u00fcssel.gpg] file:" + etc + "/none bookworm main\n");
        Path folder = etc.resolve("apt-of-ours");
        assertThatThrownBy(() -> new Apt(folder, (_, _, _) -> {}).update(AptSources.ofMachine(etc, false)))
                .isInstanceOf(BuildFailedException.class);
        assertThat(folder.resolve("parts/machine.sources")).content().contains("/keys/schl\u00fcssel.gpg");
    }

    /** deb822(5) lets any field go on in the next line; a key within it is lines that must stay. */
    @Test
    void fieldsThatGoOnInTheNextLineAreReadWhole() throws IOException {
        write("sources.list.d/debian.sources", """
                Types:
                 deb
                URIs: http://mirror.example/debian
                Suites:
                 bookworm
                 bookworm-updates
                Components: main
                  contrib
                Signed-By:
                 -----BEGIN PGP PUBLIC KEY BLOCK-----
                 .
                 mDMEY865UxYJKwYBBAHaRw8B
                """);
        assertThat(AptSources.ofMachine(etc, false)).isEqualTo("""
                Types: deb
                Components: main
                URIs: http://mirror.example/debian
                Suites:
                 bookworm
                 bookworm-updates
                Signed-By:
                 -----BEGIN PGP PUBLIC KEY BLOCK-----
                 .
                 mDMEY865UxYJKwYBBAHaRw8B
                """);
    }

    @Test
    void aMachineWithoutDebiansArchiveHasNone() throws IOException {
        write("sources.list", "deb http://archive.example/ubuntu noble main\n");
        assertThat(AptSources.ofMachine(etc, true)).isEmpty();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(etc.resolve("apt").resolve(file), text);
    }
}
