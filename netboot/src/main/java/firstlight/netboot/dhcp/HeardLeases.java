package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.sockets.Interfaces;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.RequestedAddress;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The addresses that DHCP servers gave, as clients broadcast which offer they take. Where one wire carries two networks, a DISCOVER does
 * not tell in which of them its client will be; what it was given before does, or else what it asks for, or what the wire's last client that booted
 * was given, or its last of any kind. Mutable, owned by the proxy's thread.
 */
final class HeardLeases {
    private static final int CLIENTS = 65_536;

    /** Link-local addresses (RFC 3927). */
    private static final Interfaces.Address SELF_GIVEN = new Interfaces.Address(Ipv4Address.parse("169.254.0.0"), 16);

    private final Map<Bytes, Ipv4Address> byClient = Bounded.byUse(CLIENTS);

    private final Map<Integer, Ipv4Address> lastOfInterface = new LinkedHashMap<>();
    /** Of firmware alone: a new PC gets its address where others that boot get theirs, and not where telephones do. */
    private final Map<Integer, Ipv4Address> lastOfFirmware = new LinkedHashMap<>();

    /** Of clients of all kinds: the wire's other PCs tell its networks as well. */
    void hear(DhcpPacket packet, int interfaceIndex) {
        boolean takesAnOffer = packet.op() == DhcpPacket.BOOTREQUEST
                && !packet.isRelayed()
                && packet.messageType()
                        .filter(type -> type == MessageType.REQUEST)
                        .isPresent()
                // Without it the client asks for what it had once, perhaps elsewhere (RFC 2131 4.3.2, INIT-REBOOT).
                && packet.find(ServerIdentifier.class).isPresent();
        if (takesAnOffer) {
            packet.find(RequestedAddress.class).map(RequestedAddress::address).ifPresent(lease -> {
                byClient.put(packet.client(), lease);
                lastOfInterface.put(interfaceIndex, lease);
                if (packet.find(ClassIdentifier.class)
                        .filter(ClassIdentifier::isFirmware)
                        .isPresent()) {
                    lastOfFirmware.put(interfaceIndex, lease);
                }
            });
        }
    }

    /**
     * Of an interface's addresses the one in the client's network.
     *
     * @param otherwise when nothing was heard, or nothing of these networks, and it is one that PCs have a way to
     */
    Ipv4Address nearest(
            DhcpPacket packet, int interfaceIndex, List<Interfaces.Address> addresses, Ipv4Address otherwise) {
        if (addresses.size() < 2) {
            return otherwise;
        }
        return Stream.of(
                        Optional.of(packet.clientAddress()).filter(address -> !address.isAny()),
                        Optional.ofNullable(byClient.get(packet.client())),
                        packet.find(RequestedAddress.class).map(RequestedAddress::address),
                        Optional.ofNullable(lastOfFirmware.get(interfaceIndex)),
                        Optional.ofNullable(lastOfInterface.get(interfaceIndex)))
                .flatMap(Optional::stream)
                .flatMap(lease -> covering(addresses, lease).stream())
                .findFirst()
                .orElseGet(() -> usual(addresses, otherwise));
    }

    /** Not one that a PC with a lease hardly reaches, if there is another: of no network, or what a card gave itself. */
    private static Ipv4Address usual(List<Interfaces.Address> addresses, Ipv4Address otherwise) {
        List<Ipv4Address> usual = addresses.stream()
                .filter(each -> each.prefix() < 32 && !SELF_GIVEN.covers(each.address()))
                .map(Interfaces.Address::address)
                .toList();
        return usual.isEmpty() || usual.contains(otherwise) ? otherwise : usual.getFirst();
    }

    private static Optional<Ipv4Address> covering(List<Interfaces.Address> addresses, Ipv4Address lease) {
        return addresses.stream()
                .filter(address -> address.covers(lease))
                .map(Interfaces.Address::address)
                .findFirst();
    }
}
