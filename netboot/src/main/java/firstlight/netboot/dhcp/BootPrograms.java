package firstlight.netboot.dhcp;

import firstlight.model.Architecture;
import firstlight.model.BiosClient;
import firstlight.model.Ipv4Address;
import firstlight.model.UefiClient;
import firstlight.netboot.files.BootPath;
import java.util.Arrays;
import java.util.List;

/** Which boot program is for whom: names in the boot-file namespace. */
final class BootPrograms {
    /** Another Firstlight may be set otherwise: its programs are ours as well. */
    private static final List<ProxyDhcpSettings> EITHER = List.of(
            ProxyDhcpSettings.DEFAULT, ProxyDhcpSettings.DEFAULT.withClients(BiosClient.PXELINUX, UefiClient.GRUB));

    /** For an iPXE in a ROM, which drives its card itself: as {@link Quirk#POOR_IPXE_BIOS} says. */
    static final String IPXE_WITH_DRIVERS = "ipxe/ipxe.pxe";

    /** The entry that {@link firstlight.netboot.preboot.Preboot} makes for every iPXE. */
    private static final String SCRIPT = "boot.ipxe";

    private static final String MISSING = "local-disk/none.efi";

    private BootPrograms() {}

    /**
     * What a client whose firmware is no iPXE loads first: a path in the boot-file namespace, which need not be there (arm32,
     * riscv64 and loong64 have none of ours).
     */
    static String name(Architecture architecture, ProxyDhcpSettings settings) {
        boolean grub = settings.uefiClient() == UefiClient.GRUB;
        return switch (architecture) {
            case BIOS, BIOS_HTTP ->
                settings.biosClient() == BiosClient.PXELINUX ? "pxelinux/pxelinux.0" : "ipxe/undionly.kpxe";
            case UEFI_X64, UEFI_X64_HTTP, UEFI_EBC, UEFI_EBC_HTTP -> grub ? "shimx64.efi" : "ipxe/x64/snponly.efi";
            case UEFI_ARM64, UEFI_ARM64_HTTP -> grub ? "shimaa64.efi" : "ipxe/arm64/snponly.efi";
            // Whatever is chosen: an iPXE there cannot start the environment's kernel, which has 64 bits.
            case UEFI_IA32, UEFI_IA32_HTTP -> "grubia32.efi";
            case UEFI_ARM32, UEFI_ARM32_HTTP -> "ipxe/arm32/snponly.efi";
            case UEFI_RISCV64, UEFI_RISCV64_HTTP -> "ipxe/riscv64/snponly.efi";
            case UEFI_LOONG64, UEFI_LOONG64_HTTP -> "ipxe/loong64/snponly.efi";
            case RASPBERRY_PI -> ""; // asks for <serial>/start4.elf by itself
        };
    }

    /** Whether a boot file of that name would start a preboot client of ours, whichever is chosen. */
    static boolean isOne(String name) {
        return BootPath.parse(name)
                .map(path -> String.join("/", path.parts()))
                .filter(clean -> clean.startsWith("ipxe/")
                        || EITHER.stream()
                                .anyMatch(settings -> Arrays.stream(Architecture.values())
                                        .anyMatch(each -> name(each, settings).equals(clean))))
                .isPresent();
    }

    /** Whether a Firstlight at {@code server} may offer that file. */
    static boolean isOfferedAt(Ipv4Address server, String file) {
        int host = file.indexOf("://") + 3;
        if (host < 3) {
            return isOne(file);
        }
        int path = file.indexOf('/', host);
        String authority = path < 0 ? "" : file.substring(host, path);
        String name = file.substring(path + 1);
        return (authority.equals(server.toString()) || authority.startsWith(server + ":"))
                && (name.equals(SCRIPT) || name.equals(MISSING) || isOne(name));
    }

    /** The script that iPXE runs. */
    static String script(Ipv4Address server, ProxyDhcpSettings settings) {
        return http(server, settings, SCRIPT);
    }

    /** Nothing is served there: see {@link Treatment.LocalBoot#MISSING_FILE}. Ends in .efi, or EDK2 would complain of the type. */
    static String missing(Ipv4Address server, ProxyDhcpSettings settings) {
        return http(server, settings, MISSING);
    }

    static boolean isMissing(String file) {
        return file.endsWith("/" + MISSING);
    }

    /** An address and no name: EDK2 takes a name from a proxy only if the DHCP server has told it a DNS server. */
    static String http(Ipv4Address server, ProxyDhcpSettings settings, String name) {
        return "http://" + server + ":" + settings.httpPort() + "/" + name;
    }

    /** For an iPXE that has no HTTP. */
    static String tftp(Ipv4Address server, String name) {
        return "tftp://" + server + "/" + name;
    }
}
