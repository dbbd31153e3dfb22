package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DhcpConfigLinesTest {
    @Test
    void eachServerIsFoundByTheNameOnTheCommandLine() {
        assertThat(Arrays.stream(DhcpConfigLines.values()).map(DhcpConfigLines::key))
                .containsExactly("kea", "isc", "dnsmasq", "windows");
        assertThat(DhcpConfigLines.of("Kea")).contains(DhcpConfigLines.KEA);
        assertThat(DhcpConfigLines.of("bind")).isEmpty();
    }

    @Test
    void everyServerIsToldOption60AndNoOption43() {
        for (DhcpConfigLines each : DhcpConfigLines.values()) {
            assertThat(each.text("192.168.1.10", 8080))
                    .contains("PXEClient", "no option 43")
                    .doesNotContain("SERVER", "PORT");
        }
    }

    @Test
    void httpBootGetsItsUrlFromTheDhcpServerItself() {
        assertThat(DhcpConfigLines.DNSMASQ.text("192.168.1.10", 8080))
                .contains("http://192.168.1.10:8080/ipxe/x64/snponly.efi");
    }
}
