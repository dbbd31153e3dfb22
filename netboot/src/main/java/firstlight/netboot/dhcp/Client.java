package firstlight.netboot.dhcp;

import firstlight.model.Architecture;
import firstlight.model.Bytes;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientArchitectures;
import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import firstlight.wire.dhcp.DhcpOption.IpxeOptions;
import firstlight.wire.dhcp.DhcpOption.RelayAgentInformation;
import firstlight.wire.dhcp.DhcpOption.UserClass;
import firstlight.wire.dhcp.DhcpPacket;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;

/**
 * Who asks, as far as its packet shows: the words that the quirk table matches on.
 *
 * @param key tells it from all others ({@link DhcpPacket#client})
 * @param device stands for it in events
 * @param vendorClass option 60
 * @param architectures option 93, empty when there is none
 * @param ipxe option 175, empty when there is none
 */
record Client(
        Optional<MacAddress> mac,
        Bytes key,
        MacAddress device,
        String vendorClass,
        List<Integer> architectures,
        boolean userClassIpxe,
        Optional<IpxeOptions> ipxe,
        Facts facts) {

    static Client of(DhcpPacket packet, String vendorClass, String network) {
        Optional<IpxeOptions> ipxe = packet.find(IpxeOptions.class);
        EnumMap<FactName, List<String>> facts = new EnumMap<>(FactName.class);
        Optional<MacAddress> mac = packet.mac();
        if (mac.isPresent()) {
            facts.put(FactName.MAC, List.of(mac.get().toString()));
        }
        var uuid = packet.find(ClientMachineIdentifier.class).flatMap(ClientMachineIdentifier::uuid);
        if (uuid.isPresent()) {
            facts.put(FactName.UUID, List.of(uuid.get().toString()));
        }
        Optional<String> pciId = ipxe.flatMap(IpxeOptions::pciId);
        if (pciId.isPresent()) {
            facts.put(FactName.NIC_PCI_ID, List.of(pciId.get()));
        }
        facts.put(FactName.SUBNET, List.of(packet.isRelayed() ? behindRelay(packet) + "/32" : network));
        return new Client(
                mac,
                packet.client(),
                device(packet),
                vendorClass,
                packet.find(ClientArchitectures.class)
                        .map(ClientArchitectures::codes)
                        .orElse(List.of()),
                packet.find(UserClass.class).map(UserClass::isIpxe).orElse(false),
                ipxe,
                new Facts(facts));
    }

    /**
     * Behind a relay only an address in the client's network is known, not how long its prefix is: the relay's own, unless it says another.
     * Routers do that (Cisco's and Arista's, with anycast gateways or VRFs) which can be answered at one address of theirs only.
     */
    private static Ipv4Address behindRelay(DhcpPacket packet) {
        return packet.find(RelayAgentInformation.class)
                .flatMap(RelayAgentInformation::link)
                .orElse(packet.relay());
    }

    boolean isHttpBoot() {
        return vendorClass.startsWith(ClassIdentifier.HTTP_CLIENT);
    }

    /** Option 175 is iPXE's own, also when somebody gave the build another user class. */
    boolean isIpxe() {
        return userClassIpxe || ipxe.isPresent();
    }

    boolean has(int feature) {
        return ipxe.map(options -> options.has(feature)).orElse(false);
    }

    /** The first of its architectures that Firstlight has a boot program for. */
    Optional<Architecture> architecture() {
        for (int code : architectures) {
            Optional<Architecture> known = Architecture.ofCode(code);
            if (known.isPresent()) {
                return known;
            }
        }
        return Optional.empty();
    }

    /**
     * For events, which are told by MAC address. EDK2 set to identify itself by GUID has none: its first octets stand in. So do the last of its
     * identifier for a client without a hardware address, since those tell two of a make apart.
     */
    static MacAddress device(DhcpPacket packet) {
        boolean unaddressed = packet.hardwareLength() == 0 && packet.client().length() >= 6;
        return MacAddress.of(unaddressed ? packet.client().last(6) : packet.clientHardwareAddress());
    }
}
