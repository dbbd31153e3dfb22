package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.UefiClient;
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
    void aServerOfOurHostIsToldOption60AndNoOption43AndNothingOfHttpBoot() {
        for (DhcpConfigLines each : List.of(DhcpConfigLines.KEA, DhcpConfigLines.ISC, DhcpConfigLines.DNSMASQ)) {
            assertThat(each.text())
                    .contains("PXEClient", "no option 43", "no boot file", "only where Firstlight runs there too")
                    .doesNotContain("SERVER", "PORT", "HTTP_BOOT", "HTTPClient");
        }
    }

    /** Firstlight runs on Linux: sent to port 4011 of a Windows host, a PC hears nobody. */
    @Test
    void aServerThatCannotBeOnOurHostIsToldNoOption60() {
        assertThat(DhcpConfigLines.WINDOWS.text())
                .contains("foreach ($id in 60, 67) {\n  Remove-DhcpServerv4OptionValue -OptionId $id ")
                .contains("-ScopeId $_.ScopeId -OptionId $id ", "-ReservedIP $_.IPAddress -OptionId $id ", "43")
                .contains("\nGet-DhcpServerv4OptionValue -All\n", "-ReservedIP $_.IPAddress -All\n")
                .doesNotContain("Set-DhcpServerv4OptionValue", "Add-DhcpServerv4");
    }

    /** With Secure Boot on, firmware refuses iPXE, which nobody signed. */
    @Test
    void whereGrubIsThePrebootClientTheUrlIsItsShims() {
        for (DhcpConfigLines each : List.of(DhcpConfigLines.KEA, DhcpConfigLines.ISC, DhcpConfigLines.DNSMASQ)) {
            assertThat(each.withHttpBoot("192.168.1.10", 8080, UefiClient.GRUB).orElseThrow())
                    .contains("http://192.168.1.10:8080/shimx64.efi", "http://192.168.1.10:8080/shimaa64.efi")
                    .contains("http://192.168.1.10:8080/grubia32.efi")
                    .doesNotContain("snponly", "X64", "ARM64", "IA32_");
        }
    }

    @Test
    void onRequestHttpBootGetsItsUrlFromTheDhcpServerItself() {
        for (DhcpConfigLines each : List.of(DhcpConfigLines.KEA, DhcpConfigLines.ISC, DhcpConfigLines.DNSMASQ)) {
            assertThat(each.withHttpBoot("192.168.1.10", 8080, UefiClient.IPXE).orElseThrow())
                    .contains("firstlight-pxe", "http://192.168.1.10:8080/ipxe/x64/snponly.efi")
                    .doesNotContain("SERVER", "PORT", "HTTP_BOOT");
        }
        assertThat(DhcpConfigLines.WINDOWS.withHttpBoot("192.168.1.10", 8080, UefiClient.IPXE))
                .isEmpty();
    }
}
