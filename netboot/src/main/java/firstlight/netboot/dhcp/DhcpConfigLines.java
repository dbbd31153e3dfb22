package firstlight.netboot.dhcp;

import firstlight.model.Architecture;
import firstlight.model.BiosClient;
import firstlight.model.UefiClient;
import java.util.Locale;
import java.util.Optional;

/**
 * What a DHCP server on the same host says when it sends clients to port 4011: option 60 = {@code PXEClient} for PXE clients, and no option 43. It
 * makes them ask on port 4011 of the same address (PXE 2.1, phase 1b). UEFI HTTP Boot has no such second step: where Firstlight is not
 * heard on port 67, it gets its URL from the DHCP server itself, and then no decision of Firstlight's before its boot program runs. For a server
 * that cannot be on that host: what has to be taken out.
 */
public enum DhcpConfigLines {
    KEA("""
            // Kea DHCPv4: add to "Dhcp4" in kea-dhcp4.conf, then restart kea-dhcp4-server.
            // vendor-class-identifier (60) sends PXE clients to port 4011 of Kea's host: only where Firstlight runs there too. There must be
            // no option 43, and no boot file (boot-file-name) for them: UEFI firmware cannot read Kea's.
            "client-classes": [
              {
                "name": "firstlight-pxe",
                "test": "substring(option[60].hex,0,9) == 'PXEClient'",
                "option-data": [
                  { "name": "vendor-class-identifier", "data": "PXEClient", "always-send": true }
                ]
              }HTTP_BOOT
            ]
            """, """
            ,
              {
                "name": "firstlight-http-x64",
                "test": "substring(option[60].hex,0,10) == 'HTTPClient' and option[93].hex == 0x0010",
                "boot-file-name": "http://SERVER:PORT/X64_PROGRAM",
                "option-data": [
                  { "name": "vendor-class-identifier", "data": "HTTPClient", "always-send": true }
                ]
              },
              {
                "name": "firstlight-http-arm64",
                "test": "substring(option[60].hex,0,10) == 'HTTPClient' and option[93].hex == 0x0013",
                "boot-file-name": "http://SERVER:PORT/ARM64_PROGRAM",
                "option-data": [
                  { "name": "vendor-class-identifier", "data": "HTTPClient", "always-send": true }
                ]
              },
              {
                "name": "firstlight-http-ia32",
                "test": "substring(option[60].hex,0,10) == 'HTTPClient' and option[93].hex == 0x000f",
                "boot-file-name": "http://SERVER:PORT/IA32_PROGRAM",
                "option-data": [
                  { "name": "vendor-class-identifier", "data": "HTTPClient", "always-send": true }
                ]
              }"""),
    ISC("""
            # ISC dhcpd: add to dhcpd.conf, outside of any subnet, then restart isc-dhcp-server.
            # vendor-class-identifier (60) sends PXE clients to port 4011 of dhcpd's host: only where Firstlight runs there too. There must be
            # no option 43 and no boot file (67) for them.
            class "firstlight-pxe" {
              match if substring(option vendor-class-identifier, 0, 9) = "PXEClient";
              option vendor-class-identifier "PXEClient";
            }
            HTTP_BOOT""", """
            option firstlight-architecture code 93 = string;
            class "firstlight-http-x64" {
              match if substring(option vendor-class-identifier, 0, 10) = "HTTPClient" and option firstlight-architecture = 00:10;
              option vendor-class-identifier "HTTPClient";
              filename "http://SERVER:PORT/X64_PROGRAM";
            }
            class "firstlight-http-arm64" {
              match if substring(option vendor-class-identifier, 0, 10) = "HTTPClient" and option firstlight-architecture = 00:13;
              option vendor-class-identifier "HTTPClient";
              filename "http://SERVER:PORT/ARM64_PROGRAM";
            }
            class "firstlight-http-ia32" {
              match if substring(option vendor-class-identifier, 0, 10) = "HTTPClient" and option firstlight-architecture = 00:0f;
              option vendor-class-identifier "HTTPClient";
              filename "http://SERVER:PORT/IA32_PROGRAM";
            }
            """),
    DNSMASQ("""
            # dnsmasq: add to dnsmasq.conf, then restart dnsmasq. Leave out pxe-service and pxe-prompt.
            # Option 60 sends PXE clients to port 4011 of dnsmasq's host: only where Firstlight runs there too. There must be no option 43
            # and no boot file (67) for them.
            dhcp-vendorclass=set:firstlight-pxe,PXEClient
            dhcp-option-force=tag:firstlight-pxe,60,PXEClient
            HTTP_BOOT""", """
            dhcp-vendorclass=set:firstlight-http,HTTPClient
            dhcp-match=set:firstlight-http-x64,option:client-arch,16
            dhcp-match=set:firstlight-http-arm64,option:client-arch,19
            dhcp-match=set:firstlight-http-ia32,option:client-arch,15
            dhcp-option-force=tag:firstlight-http,60,HTTPClient
            dhcp-boot=tag:firstlight-http-x64,http://SERVER:PORT/X64_PROGRAM
            dhcp-boot=tag:firstlight-http-arm64,http://SERVER:PORT/ARM64_PROGRAM
            dhcp-boot=tag:firstlight-http-ia32,http://SERVER:PORT/IA32_PROGRAM
            """),
    /** Runs on no host of Firstlight's, so its option 60 only sends PCs to where nobody answers: see the lines. */
    WINDOWS("""
            # Windows DHCP Server: needs no line. Firstlight does not run on Windows, so it is on another host and answers PCs by itself;
            # behind a router, name its address as a second helper (relay) beside the DHCP server's.
            # Option 60 = PXEClient here (Windows Deployment Services sets it) sends PCs to port 4011 of the DHCP server, where nobody
            # answers, and a boot file (67) of an older server is tried before Firstlight's. These lines take both away, of the
            # server, of each scope and of each reservation; run them in PowerShell as administrator. Policies
            # (Get-DhcpServerv4Policy) must have neither. An option 43 of an older PXE server must go by hand: other devices may need theirs.
            # Each by itself, for one that is not there is an error, as 60 is on a server that never had it.
            foreach ($id in 60, 67) {
              Remove-DhcpServerv4OptionValue -OptionId $id -ErrorAction SilentlyContinue
              Get-DhcpServerv4Scope | ForEach-Object {
                Remove-DhcpServerv4OptionValue -ScopeId $_.ScopeId -OptionId $id -ErrorAction SilentlyContinue
                Get-DhcpServerv4Reservation -ScopeId $_.ScopeId | ForEach-Object {
                  Remove-DhcpServerv4OptionValue -ReservedIP $_.IPAddress -OptionId $id -ErrorAction SilentlyContinue
                }
              }
            }
            # What is left. 60 or 67 among it must go by hand, where PCs are given it.
            Get-DhcpServerv4OptionValue -All
            Get-DhcpServerv4Scope | ForEach-Object {
              Get-DhcpServerv4OptionValue -ScopeId $_.ScopeId -All
              Get-DhcpServerv4Reservation -ScopeId $_.ScopeId | ForEach-Object {
                Get-DhcpServerv4OptionValue -ReservedIP $_.IPAddress -All
              }
            }
            """, "");

    private final String lines;
    private final String httpBoot;

    DhcpConfigLines(String lines, String httpBoot) {
        this.lines = lines;
        this.httpBoot = httpBoot;
    }

    /** The server named as on the command line: {@code kea}, {@code isc}, {@code dnsmasq}, {@code windows}. */
    public static Optional<DhcpConfigLines> of(String name) {
        for (DhcpConfigLines each : values()) {
            if (each.key().equals(name.strip().toLowerCase(Locale.ROOT))) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The lines for PXE clients. */
    public String text() {
        return lines.replace("HTTP_BOOT", "");
    }

    /**
     * The same and, for UEFI HTTP Boot, the URL of its boot program; empty where none are known.
     *
     * @param server this host's address on the clients' network
     * @param client whose boot program it is: the DHCP server knows no device's own
     */
    public Optional<String> withHttpBoot(String server, int httpPort, UefiClient client) {
        ProxyDhcpSettings settings = ProxyDhcpSettings.DEFAULT.withClients(BiosClient.IPXE, client);
        return httpBoot.isEmpty()
                ? Optional.empty()
                : Optional.of(lines.replace("HTTP_BOOT", httpBoot)
                        .replace("SERVER:PORT", server + ":" + httpPort)
                        .replace("/X64_PROGRAM", "/" + BootPrograms.name(Architecture.UEFI_X64_HTTP, settings))
                        .replace("/IA32_PROGRAM", "/" + BootPrograms.name(Architecture.UEFI_IA32_HTTP, settings))
                        .replace("/ARM64_PROGRAM", "/" + BootPrograms.name(Architecture.UEFI_ARM64_HTTP, settings)));
    }
}
