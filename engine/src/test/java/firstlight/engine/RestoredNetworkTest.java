package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.safe.SafeNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestoredNetworkTest {
    private static final String MAC = "52:54:00:00:00:01";
    private static final SafeNetwork FIXED =
            SafeNetwork.parse("10.1.0.20/24 gateway 10.1.0.254 dns 10.1.0.1,10.1.0.2 domain school.example");

    @TempDir
    Path root;

    @Test
    void networkManagerGetsAConnectionOfOursBeforeAllOthers() throws IOException {
        Path folder = Files.createDirectories(root.resolve("etc/NetworkManager/system-connections"));
        assertThat(RestoredNetwork.apply(root, FIXED, MAC)).isEqualTo("its address 10.1.0.20");

        Path file = folder.resolve("firstlight.nmconnection");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).isEqualTo("""
                [connection]
                id=firstlight
                type=ethernet
                autoconnect-priority=999
                [ethernet]
                mac-address=52:54:00:00:00:01
                [ipv4]
                method=manual
                address1=10.1.0.20/24,10.1.0.254
                dns=10.1.0.1;10.1.0.2
                dns-search=school.example;
                [ipv6]
                method=auto
                """);
        assertThat(RestoredNetwork.apply(root, SafeNetwork.parse("dhcp"), MAC)).isEqualTo("its address by DHCP");
        assertThat(file).doesNotExist();
    }

    @Test
    void systemdNetworkdGetsAFileThatIsReadFirst() throws IOException {
        Path folder = Files.createDirectories(root.resolve("etc/systemd/network"));
        Files.createDirectories(root.resolve("etc/netplan"));
        RestoredNetwork.apply(root, SafeNetwork.parse("10.1.0.20/16 dns 10.1.0.1"), MAC);

        assertThat(Files.readString(folder.resolve("00-firstlight.network")))
                .isEqualTo("[Match]\nMACAddress=" + MAC + "\n[Network]\nAddress=10.1.0.20/16\nDNS=10.1.0.1\n");
    }

    @Test
    void nothingIsWrittenWhereNobodyWouldReadItOrALinkLeadsOut() throws IOException {
        Path outside = Files.createDirectories(root.resolve("outside/system-connections"));
        Files.createDirectories(root.resolve("etc"));
        Files.createSymbolicLink(root.resolve("etc/NetworkManager"), root.resolve("outside"));

        assertThat(RestoredNetwork.apply(root, FIXED, MAC)).startsWith("no NetworkManager and no systemd-networkd");
        assertThat(outside).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "static",
                "10.1.0.20",
                "10.1.0.20/33",
                "10.1.0/24",
                "10.1.0.20/24 gw 10.1.0.1",
                "10.1.0.20/24 dns",
                "10.1.0.20/24 domain [x]"
            })
    void whatIsNoSettingIsRefusedWithTheForm(String text) {
        assertThatThrownBy(() -> SafeNetwork.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dhcp, or ADDRESS/PREFIX");
    }
}
