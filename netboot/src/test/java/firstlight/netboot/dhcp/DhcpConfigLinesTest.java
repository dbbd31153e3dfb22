package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
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
    void everyServerIsToldOption60AndNoOption43AndNothingOfHttpBoot() {
        for (DhcpConfigLines each : DhcpConfigLines.values()) {
            assertThat(each.text())
                    .contains("PXEClient", "no option 43")
                    .doesNotContain("SERVER", "PORT", "HTTP_BOOT", "HTTPClient");
        }
    }

    @Test
    void onRequestHttpBootGetsItsUrlFromTheDhcpServerItself() {
        for (DhcpConfigLines each : List.of(DhcpConfigLines.KEA, DhcpConfigLines.ISC, DhcpConfigLines.DNSMASQ)) {
            assertThat(each.withHttpBoot("192.168.1.10", 8080).orElseThrow())
                    .contains("firstlight-pxe", "http://192.168.1.10:8080/ipxe/x64/snponly.efi")
                    .doesNotContain("SERVER", "PORT", "HTTP_BOOT");
        }
        assertThat(DhcpConfigLines.WINDOWS.withHttpBoot("192.168.1.10", 8080)).isEmpty();
    }
}
