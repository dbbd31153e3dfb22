package firstlight.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.database.Storage;
import firstlight.image.store.S3Settings;
import firstlight.model.BiosClient;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.netboot.dhcp.ClientKind;
import firstlight.policy.NewDevices;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationFileTest {
    @Test
    void anEmptyFileIsTheUsualConfiguration() throws InvalidConfiguration {
        assertThat(ConfigurationFile.parse("")).isEqualTo(Configuration.USUAL);
        assertThat(ConfigurationFile.parse("# nothing\n")).isEqualTo(Configuration.USUAL);
        assertThat(ConfigurationFile.parse("menu:\n")).isEqualTo(Configuration.USUAL);
    }

    @Test
    void everyKeyIsRead() throws InvalidConfiguration {
        Configuration read = ConfigurationFile.parse("""
                interfaces: [eth0, eth1]
                ports: {dhcp: 1067, proxy-dhcp: 14011, tftp: 1069, http: 80, engine: 443, api: 9000}
                new-devices: approve
                menu:
                  shown: always
                  hotkey-seconds: 9
                  title: Room 12
                  timeout-seconds: 0
                  entries:
                    - {title: Go, automatic: true}
                    - {title: Rescue, kernel: rescue/vmlinuz, initrds: [rescue/initrd], arguments: ro}
                    - {title: Shell, efi-program: tools/shell.efi}
                    - {title: Other, script: "http://10.0.0.9/menu.ipxe", locked: true}
                    - {title: Register, register: true}
                kernel-arguments: console=ttyS0
                max-attempts: 5
                preboot-client: {bios: pxelinux, uefi: grub}
                proxy-dhcp:
                  without-firmware-menu: [uefi-pxe]
                  without-quirks: [ebc-means-x64]
                router-advertisements: false
                ignore-case: false
                """);

        assertThat(read.interfaces()).containsExactly("eth0", "eth1");
        assertThat(read.ports()).isEqualTo(new Configuration.Ports(1067, 14011, 1069, 80, 443, 9000));
        assertThat(read.newDevices()).isEqualTo(NewDevices.APPROVE);
        assertThat(read.menu())
                .isEqualTo(new Configuration.Menu(
                        new MenuSetting.Always(),
                        "Room 12",
                        0,
                        List.of(
                                new MenuEntry.Automatic("Go"),
                                new MenuEntry.Kernel("Rescue", "rescue/vmlinuz", List.of("rescue/initrd"), "ro"),
                                new MenuEntry.EfiProgram("Shell", "tools/shell.efi"),
                                new MenuEntry.Locked(new MenuEntry.Script("Other", "http://10.0.0.9/menu.ipxe")),
                                new MenuEntry.Register("Register"))));
        assertThat(read.kernelArguments()).isEqualTo("console=ttyS0");
        assertThat(read.maxAttempts()).isEqualTo(5);
        assertThat(read.proxyDhcp().httpPort()).isEqualTo(80);
        assertThat(read.proxyDhcp().biosClient()).isEqualTo(BiosClient.PXELINUX);
        assertThat(read.proxyDhcp().kinds().withoutFirmwareMenu()).containsExactly(ClientKind.UEFI_PXE);
        assertThat(read.proxyDhcp().withoutQuirks()).hasSize(1);
        assertThat(read.routerAdvertisements()).isFalse();
        assertThat(read.ignoreCase()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.168.1.30", "::", "2001:db8::1", "::ffff:192.168.1.30"})
    void anAddressIsTakenAsItIsWritten(String address) throws InvalidConfiguration {
        assertThat(ConfigurationFile.parse("api: {listen: '" + address + "'}")
                        .api()
                        .listen())
                .contains(address);
    }

    @Test
    void aPostgreSqlIsOneLine(@TempDir Path directory) throws InvalidConfiguration, IOException {
        Path file = Files.writeString(directory.resolve("password"), "s3cret\n");

        assertThat(ConfigurationFile.parse(
                                "database: {url: 'jdbc:postgresql://db/firstlight?sslmode=require', user: fl,"
                                        + " password-file: " + file + "}")
                        .database())
                .contains(new Storage.PostgreSql("jdbc:postgresql://db/firstlight?sslmode=require", "fl", "s3cret"))
                .hasToString("Optional[PostgreSql[jdbc:postgresql://db/firstlight as fl]]");
        assertThat(ConfigurationFile.parse("").database()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            new-device: register                    | unknown key 'new-device'; allowed here: interfaces, ports, api, new-devices,
            menu: {hotkey: 3}                       | unknown key 'menu.hotkey'; allowed here: hotkey-seconds, shown, title, entries, timeout-seconds
            menu: {hotkey-seconds: 0}               | 'menu.hotkey-seconds' is 0; it must be a whole number from 1 to 254
            menu: {shown: sometimes}                | 'menu.shown' is 'sometimes'; it must be never or always or hotkey
            menu: never                             | 'menu' must hold keys with values
            menu: {title: "a\\nb"}                  | 'menu.title' is of several lines; it must be one line
            menu: {entries: [{title: x}]}           | 'menu.entries[1].title' is 'x'; it must be the title of an entry with exactly one of
            menu: {entries: [{kernel: x}]}          | 'menu.entries[1].title' is ''; it must be the title of an entry with exactly one of
            new-devices: yes please                 | 'new-devices' is 'yes please'; it must be register or approve or ignore
            ports: {http: 70000}                    | 'ports.http' is 70000; it must be a whole number from 1 to 65535
            ports: {http: 8443}                     | 'ports': http, engine and api must be three different ports
            interfaces: eth0                        | 'interfaces' is 'eth0'; it must be a list
            router-advertisements: maybe            | 'router-advertisements' is 'maybe'; it must be true or false
            api: {listen: 192.168.1.300}            | 'api.listen' is '192.168.1.300'; it must be an IP address of this host
            api: {listen: "1.2"}                    | 'api.listen' is '1.2'; it must be an IP address of this host
            api: {listen: cafe}                     | 'api.listen' is 'cafe'; it must be an IP address of this host
            api: {listen: "1::2::3"}                | 'api.listen' is '1::2::3'; it must be an IP address of this host
            updates: /does/not/exist                | 'updates' is '/does/not/exist'; it must be a folder
            proxy-dhcp: {without-quirks: [nonsense]} | 'proxy-dhcp.without-quirks' is 'nonsense'; it must be
            database: {user: u}                     | 'database.url' is missing
            database: {url: "mysql://h/d"}          | 'database.url' is 'mysql://h/d'; it must be jdbc:postgresql://HOST/DATABASE
            database: {url: "jdbc:postgresql://h"}  | 'database.url' is 'jdbc:postgresql://h'; it must be
            database: {url: "jdbc:postgresql://h/d?password=x"} | 'database.url' is one with a name or password
            database: {url: "jdbc:postgresql://h/d", password-file: /not/here} | 'database.password-file' is '/not/here'
            database: {urls: x}                     | unknown key 'database.urls'; allowed here: url, user, password-file
            "a: b: c                                | line 1: no YAML
            """)
    void whatIsWrongIsNamedWithWhatIsAllowed(String yaml, String complaint) {
        assertThatThrownBy(() -> ConfigurationFile.parse(yaml))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageStartingWith(complaint);
    }

    @Test
    void imagesMayBeKeptInABucketAndTheSecretComesFromAFile(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        Configuration.Images images =
                ConfigurationFile.parse("""
                images:
                  store: s3://school-images/site-1
                  s3: {endpoint: "https://s3.school:9000", access-key: AK, secret-key-file: %s}
                  nightly: "01:15"
                  verify-percent: 5
                  pack-level: 9
                """.formatted(secret)).images();
        assertThat(images.s3().orElseThrow())
                .isEqualTo(new S3Settings(
                        "school-images",
                        "site-1/",
                        Optional.of(URI.create("https://s3.school:9000")),
                        "us-east-1",
                        "AK",
                        "s3cret",
                        true));
        assertThat(images.nightly()).contains(LocalTime.of(1, 15));
        assertThat(images.packLevel()).isEqualTo(9);
        assertThat(images.s3().toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "images: {store: '/srv/images'}|'images.store' is '/srv/images'; it must be s3://BUCKET",
                "images: {s3: {region: x}}|'images.store' is missing",
                "images: {store: 's3://bucket', s3: {access-key: AK}}|'images.s3.secret-key-file' is missing",
                "images: {store: 's3://bucket', s3: {endpoint: 'ftp://x'}}|'images.s3.endpoint' is 'ftp://x'",
                "images: {nightly: noon}|'images.nightly' is 'noon'"
            })
    void aStoreThatCannotBeUsedIsNamedWithWhatIsAllowed(String yaml, String said) {
        assertThatThrownBy(() -> ConfigurationFile.parse(yaml))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ports: {tftp: 7, tftp: 8}|Duplicate Object property",
                "ports: {dhcp: 69}|'ports': dhcp, proxy-dhcp and tftp must be three different ports",
                "ports: {proxy-dhcp: 67}|must be three different ports",
                "interfaces: [eth0|expected ',' or ']'",
                "\"menu: {}\n---\nmenu: {}\"|a second document",
                "\"\tmenu: {}\"|found character '\\t(TAB)'"
            })
    void whatIsWrongInTheFileIsSaidAndWhatWouldDoNothingIsRefused(String yaml, String said) {
        assertThatThrownBy(() -> ConfigurationFile.parse(yaml))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(said)
                .satisfies(error -> assertThat(error.getMessage()).doesNotContain("\n"));
    }

    @Test
    void aFileThatIsNoTextIsSaidToBeNone(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("c.yaml"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
        assertThatThrownBy(() -> ConfigurationFile.read(file))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessage(file + " is no text in UTF-8");
    }

    @Test
    void anInterfaceThatIsNamedTwiceIsServedOnce() throws Exception {
        assertThat(ConfigurationFile.parse("interfaces: [eth0, eth1, eth0]").interfaces())
                .containsExactly("eth0", "eth1");
    }
}
