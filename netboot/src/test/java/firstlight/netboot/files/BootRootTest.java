package firstlight.netboot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.Finding.Absent;
import firstlight.netboot.files.Finding.Generated;
import firstlight.netboot.files.Finding.OnDisk;
import firstlight.netboot.files.Finding.Refused;
import firstlight.netboot.files.Requester.Door;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootRootTest {
    @TempDir
    private Path directory;

    private Path root;
    private final Requester somebody =
            new Requester(Ipv4Address.parse("127.0.0.1"), Ipv4Address.parse("127.0.0.1"), Door.TFTP);

    @BeforeEach
    void aRootWithAFileAndASecretBesideIt() throws IOException {
        root = Files.createDirectories(directory.resolve("boot"));
        Files.createDirectories(root.resolve("Boot/x64"));
        Files.writeString(root.resolve("Boot/x64/loader.efi"), "loader");
        Files.writeString(directory.resolve("secret"), "secret");
    }

    private Finding find(String name) throws IOException {
        return BootRoot.open(root, false, List.of()).find(name, somebody);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Boot/x64/loader.efi",
                "/Boot/x64/loader.efi",
                "//Boot///x64/loader.efi",
                "\\Boot\\x64\\loader.efi",
                "Boot/x64/loader.efi\u00ff",
                "Boot/x64/loader.efi\u00ff\u0000junk",
                "Boot/x64/loader.efi ",
                "./Boot/x64/loader.efi",
                "Boot/./x64/loader.efi"
            })
    void aNameIsFoundInAllTheWaysThatLoadersWriteIt(String name) throws IOException {
        assertThat(find(name)).isInstanceOfSatisfying(OnDisk.class, found -> {
            assertThat(found.file()).endsWith(Path.of("Boot/x64/loader.efi"));
            assertThat(found.size()).isEqualTo(6);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "..\\secret",
                "Boot/../../secret",
                "/..//secret",
                "./../secret",
                "./",
                ".",
                "C:\\secret",
                "",
                "/",
                "Boot/",
                "a\u0001b",
                "\u00ff"
            })
    void aNameThatMeansNothingInsideTheRootIsRefused(String name) throws IOException {
        assertThat(find(name)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "missing",
                "Boot",
                "Boot/x64",
                "boot/X64/LOADER.EFI",
                "Boot/x64/loader.efi/more",
                "caf\u00e9",
                "\u20ac"
            })
    void whatIsNoFileIsAbsent(String name) throws IOException {
        assertThat(find(name)).isInstanceOf(Absent.class);
    }

    @Test
    void aLinkInsideTheRootIsFollowedAndOneOutOfItIsRefused() throws IOException {
        Files.createSymbolicLink(root.resolve("inside"), Path.of("Boot/x64/loader.efi"));
        Files.createSymbolicLink(root.resolve("outside"), directory.resolve("secret"));
        Files.createSymbolicLink(root.resolve("up"), directory);
        assertThat(find("inside")).isInstanceOf(OnDisk.class);
        assertThat(find("outside")).isInstanceOf(Refused.class);
        assertThat(find("up/secret")).isInstanceOf(Refused.class);
    }

    @Test
    void upperAndLowerCaseAreTheSameOnlyWhenAskedFor() throws IOException {
        BootFiles files = BootRoot.open(root, true, List.of());
        assertThat(files.find("\\BOOT\\x64\\Loader.EFI", somebody)).isInstanceOf(OnDisk.class);
        assertThat(files.find("\\BOOT\\x65\\Loader.EFI", somebody)).isInstanceOf(Absent.class);
    }

    @Test
    void generatedEntriesAreAskedBeforeTheDisk() throws IOException {
        GeneratedEntries scripts = (path, _) ->
                path.fileName().equals("boot.ipxe") ? Optional.of(Generated.text("#!ipxe\n")) : Optional.empty();
        BootFiles files = BootRoot.open(root, false, List.of(scripts));
        assertThat(files.find("//boot.ipxe", somebody)).isEqualTo(Generated.text("#!ipxe\n"));
        assertThat(files.find("Boot/x64/loader.efi", somebody)).isInstanceOf(OnDisk.class);
    }

    @Test
    void aNameBeyondAsciiIsFoundInUtf8AndInLatin1() throws IOException {
        assumeThat(System.getProperty("sun.jnu.encoding")).as("the locale").isEqualTo("UTF-8");
        Path file = Files.writeString(root.resolve("gr\u00fcn.txt"), "x").toRealPath();
        for (String octets : List.of("gr\u00c3\u00bcn.txt", "gr\u00fcn.txt")) {
            assertThat(find(octets))
                    .isInstanceOfSatisfying(
                            Finding.OnDisk.class,
                            found -> assertThat(found.file()).isEqualTo(file));
        }
    }

    @Test
    void aMissingRootIsNamed() {
        assertThatThrownBy(() -> BootRoot.open(directory.resolve("nowhere"), false, List.of()))
                .hasMessageContaining("nowhere");
    }

    @Test
    void aNameIsShownOnOneLineHoweverItCame() {
        assertThat(BootPath.shown("a\r\n12:00 ERROR b\0")).isEqualTo("a??12:00 ERROR b?");
        assertThat(BootPath.shown("/".repeat(70_000))).hasSize(203).endsWith("...");
    }
}
