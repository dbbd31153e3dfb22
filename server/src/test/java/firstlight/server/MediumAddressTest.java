package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.server.operator.OperatorError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediumAddressTest {
    @Test
    void whatWorksIsKeptAsItWasTyped() {
        assertThat(of("10.1.0.9", "255.255.255.0", "")
                        .checked("http://10.1.0.1:8080")
                        .gateway())
                .isEmpty();
        assertThat(of("10.1.0.9", "255.255.255.0", "10.1.0.254")
                        .checked("http://10.2.0.1:8080")
                        .address())
                .isEqualTo("10.1.0.9");
        assertThat(of("10.1.0.8", "255.255.255.254", "10.1.0.9").checked(null).netmask())
                .isEqualTo("255.255.255.254");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            10.1.0,     255.255.255.0,   '',         http://10.1.0.1:8080, --address has '10.1.0'
            10.1.0.9,   255.0.255.0,     '',         http://10.1.0.1:8080, is no netmask
            10.1.0.255, 255.255.255.0,   '',         http://10.1.0.1:8080, its broadcast address
            10.1.0.0,   255.255.255.0,   '',         http://10.1.0.1:8080, the network's own
            10.1.0.9,   255.255.255.0,   10.2.0.254, http://10.1.0.1:8080, --gateway 10.2.0.254 is not
            10.1.0.9,   255.255.255.0,   10.1.0.9,   http://10.1.0.1:8080, is not another address
            10.1.0.9,   255.255.255.0,   '',         http://10.2.0.1:8080, is in another network
            10.1.0.9,   255.255.255.0,   '',         http://images:8080,   nobody tells where DNS is
            """)
    void whatCannotWorkIsSaidBeforeAMediumIsMade(
            String address, String netmask, String gateway, String server, String words) {
        assertThatThrownBy(() -> of(address, netmask, gateway).checked(server))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            http://10.1.0.1,             names no port
            http://10.1.0.1:,            names no port
            http://10.1.0.1:0,           names no port
            http://10.1.0.1:99999,       names no port
            https://10.1.0.1:8080,       is no server
            http://10.1.0.1:8080/,       is no server
            http://10.1.0.1:8080/api,    is no server
            http://10.1.0 .1:8080,       is no server
            http://ann@10.1.0.1:8080,    is no server
            http://[::1,                 is no server
            10.1.0.1,                    is no server
            """)
    void aServerThatNobodyCouldReachIsRefusedBeforeAMediumIsMade(String server, String words) {
        assertThatThrownBy(() -> MediumAddress.checkServer(server))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("--server '" + server + "' " + words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://10.1.0.1:8080", "http://images.school:80"})
    void aServerWithItsPortIsTaken(String server) {
        assertThatCode(() -> MediumAddress.checkServer(server)).doesNotThrowAnyException();
    }

    private static MediumAddress of(String address, String netmask, String gateway) {
        MediumAddress fixed = new MediumAddress();
        fixed.address = address;
        fixed.netmask = netmask;
        fixed.gateway = gateway;
        return fixed;
    }
}
