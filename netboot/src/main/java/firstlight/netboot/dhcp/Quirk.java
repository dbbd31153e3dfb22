package firstlight.netboot.dhcp;

import firstlight.model.Architecture;
import firstlight.model.FactName;
import firstlight.netboot.dhcp.Treatment.LocalBoot;
import firstlight.wire.dhcp.DhcpOption.IpxeOptions;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The quirk table: where a client departs from the specification or from its kind, a row each, applied from top to bottom. A row
 * matches on the packet and on what the rows above made of it. Settings can switch each row off.
 */
@SuppressWarnings("ImmutableEnumChecker") // the rows' functions hold no state
public enum Quirk {
    ARCHITECTURE_ONLY_IN_CLASS_IDENTIFIER(
            "PXE 1.x ROMs send no option 93; option 60 has the number behind 'Arch:', and a packet without either is a BIOS",
            (client, _) -> client.architectures().isEmpty(),
            (client, _) -> Treatment.usual(client, architectureOfTheClassIdentifier(client))),
    EBC_MEANS_X64(
            "RFC 4578 first had 7 and 9 exchanged: several firmwares and hypervisors (Proxmox) send 9 for x64",
            (_, treatment) -> is(treatment, Architecture.UEFI_EBC),
            (client, _) -> Treatment.usual(client, Optional.of(Architecture.UEFI_X64))),
    EBC_HTTP_MEANS_X64(
            "as above, for 17 and 16",
            (_, treatment) -> is(treatment, Architecture.UEFI_EBC_HTTP),
            (client, _) -> Treatment.usual(client, Optional.of(Architecture.UEFI_X64_HTTP))),
    RASPBERRY_PI_SAYS_BIOS(
            "Raspberry Pi firmware reports architecture 0; its makers' MAC prefixes tell it from a PC (smee isRaspberryPI), and from the"
                    + " Pi 4 on, whatever its MAC address is, option 97, which begins with RPi4, RPi5 (its documentation, DHCP_OPTION97)",
            (client, treatment) -> is(treatment, Architecture.BIOS) && !client.isIpxe() && isRaspberryPi(client),
            (client, _) -> Treatment.usual(client, Optional.of(Architecture.RASPBERRY_PI))),
    RASPBERRY_PI_HAS_NO_MENU(
            "Raspberry Pi firmware only looks for 'Raspberry Pi Boot' in 43.9 and goes on to its SD card when nobody answers",
            (_, treatment) -> treatment.kind() == ClientKind.RASPBERRY_PI,
            (_, treatment) -> treatment.withoutFirmwareMenu().with(LocalBoot.SILENCE)),
    HTTP_BOOT_HAS_NO_MENU(
            "UEFI HTTP Boot knows neither option 43 nor 4011, and an offer without a URL is no offer (EDK2 HttpBootDhcp4.c)",
            (_, treatment) -> treatment.kind() == ClientKind.HTTP_BOOT,
            (_, treatment) -> treatment.withoutFirmwareMenu().with(LocalBoot.MISSING_FILE)),
    IPXE_UEFI_HAS_NO_MENU(
            "iPXE has PXE menus in its BIOS builds only (iPXE config/general.h). Told to boot the local disk by one, an EFI build fails"
                    + " at once and the firmware takes its next boot option, which is what we want (seen: 1.0.0 in QEMU's e1000 ROM)",
            (_, treatment) -> treatment.kind() == ClientKind.IPXE_UEFI,
            (_, treatment) -> treatment.withoutFirmwareMenu()),
    POOR_IPXE_BIOS(
            "the iPXE in a BIOS ROM can lack HTTP, bzImage or menus (those before 2012, and gPXE), which our scripts need: it is given our own"
                    + " build first, ipxe.pxe, which drives the card itself as the ROM did: behind VirtualBox's undionly.kpxe was found without"
                    + " a network (danderson/netboot 029be8d and b7411f3, RackHD issue 192; by warewulf3 pull 195 not). Seen: both go on behind"
                    + " QEMU's ROMs of 2019 (e1000, pcnet, virtio)",
            (client, treatment) -> treatment.kind() == ClientKind.IPXE_BIOS
                    && !(runsScripts(client) && client.has(IpxeOptions.FEATURE_BZIMAGE)),
            (_, treatment) -> treatment.withoutScripts()),
    POOR_IPXE_UEFI(
            "as above, for HTTP, EFI images or menus in the iPXE of a UEFI NIC",
            (client, treatment) -> treatment.kind() == ClientKind.IPXE_UEFI
                    && !(runsScripts(client) && client.has(IpxeOptions.FEATURE_EFI)),
            (_, treatment) -> treatment.withoutScripts()),
    IPXE_IA32_STARTS_NO_X64_KERNEL(
            "an iPXE for UEFI of 32 bits leaves kernels to its firmware, which refuses one of 64 bits; GRUB starts it (not seen: by iPXE's source)",
            (_, treatment) -> treatment.kind() == ClientKind.IPXE_UEFI && is(treatment, Architecture.UEFI_IA32),
            (_, treatment) -> treatment.withoutScripts()),
    IPXE_TAKES_THE_DHCP_SERVERS_FILE(
            "where a DHCP server names a boot file too (a forgotten option 67), iPXE loads that one, unless the proxy's answer says that"
                    + " it comes first (175.1; seen: 1.0.0 in QEMU's ROM; later ones by iPXE's source)",
            (_, treatment) -> treatment.kind().isIpxe(),
            (_, treatment) -> treatment.outranking()),
    EDK2_SPOILS_A_LEASE(
            "EDK2 (PxeBcDhcp4.c, HttpBootDhcp4.c) writes a NUL behind a DHCP server's option 67, over what follows, finds that offer invalid"
                    + " and takes the last that it heard: the DHCP server's is repeated behind ours (seen: OVMF 2022.11)",
            (_, treatment) -> treatment.kind() == ClientKind.UEFI_PXE || treatment.kind() == ClientKind.HTTP_BOOT,
            (_, treatment) -> treatment.spoiling());

    /** The IEEE's of the Raspberry Pi Foundation and of Raspberry Pi Ltd. */
    private static final Set<String> RASPBERRY_PI_OUIS =
            Set.of("b8:27:eb", "dc:a6:32", "e4:5f:01", "28:cd:c1", "d8:3a:dd", "2c:cf:67", "88:a2:9e");
    /** "RPi4", "RPi5" and so on as the first field of a UUID, which is little-endian on the wire. */
    private static final Pattern RASPBERRY_PI_UUID = Pattern.compile("3[0-9]695052-");

    private static final Pattern ARCH = Pattern.compile("Arch:(\\d{1,5})");

    private final String reason;
    private final BiPredicate<Client, Treatment> match;
    private final BiFunction<Client, Treatment, Treatment> change;

    /**
     * @param match by the packet, and by what the rows above made of it
     * @param change what is different; rows below see it
     */
    Quirk(String reason, BiPredicate<Client, Treatment> match, BiFunction<Client, Treatment, Treatment> change) {
        this.reason = reason;
        this.match = match;
        this.change = change;
    }

    /** Why the row is here, and who says so. */
    public String reason() {
        return reason;
    }

    boolean matches(Client client, Treatment treatment) {
        return match.test(client, treatment);
    }

    Treatment change(Client client, Treatment treatment) {
        return change.apply(client, treatment);
    }

    private static boolean is(Treatment treatment, Architecture architecture) {
        return treatment.architecture().filter(architecture::equals).isPresent();
    }

    private static boolean runsScripts(Client client) {
        return client.has(IpxeOptions.FEATURE_HTTP) && client.has(IpxeOptions.FEATURE_MENU);
    }

    private static boolean isRaspberryPi(Client client) {
        boolean byMac = client.mac()
                .filter(mac -> RASPBERRY_PI_OUIS.contains(mac.toString().substring(0, 8)))
                .isPresent();
        return byMac
                || client.facts()
                        .first(FactName.UUID)
                        .filter(uuid -> RASPBERRY_PI_UUID.matcher(uuid).lookingAt())
                        .isPresent();
    }

    private static Optional<Architecture> architectureOfTheClassIdentifier(Client client) {
        Matcher matcher = ARCH.matcher(client.vendorClass());
        return matcher.find()
                ? Architecture.ofCode(Integer.parseInt(matcher.group(1)))
                : Optional.of(Architecture.BIOS);
    }
}
