package firstlight.netboot.dhcp;

import firstlight.model.MacAddress;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.RequestedAddress;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;

/**
 * A client that takes our offer for a lease: it asks us for an address, and for none in particular, since an offer of ours has none. EDK2 does
 * so when a DHCP server names a boot file (67) without a NUL behind it: it writes one over the octet that follows, finds that offer invalid
 * then, and takes the last that it heard (Dhcp4Io.c, DhcpChooseOffer). In silence it would repeat that for a minute.
 */
public record Refusal(DhcpPacket packet, Arrival arrival) implements ProxyDhcp.Reading {
    private static final String TEXT =
            "its firmware took Firstlight's offer for a lease, since it cannot read its DHCP server's: UEFI firmware spoils an offer whose"
                    + " option 67 has no NUL behind the name. Take option 67 (and 66) out of the DHCP server's configuration. It is refused, so"
                    + " that it tries its next boot option at once";

    private static final String REPEATED = "; from now on such offers are repeated for PCs on its wire";

    /** A DHCP server may have our address, on our host: its clients ask for an address that they were offered. */
    static boolean isDue(DhcpPacket packet, Arrival arrival) {
        return arrival.door() == Arrival.Door.DHCP
                && packet.messageType()
                        .filter(type -> type == MessageType.REQUEST)
                        .isPresent()
                && packet.find(ServerIdentifier.class)
                        .filter(named -> named.address().equals(arrival.server()))
                        .isPresent()
                && packet.clientAddress().isAny()
                && packet.find(RequestedAddress.class)
                        .filter(asked -> !asked.address().isAny())
                        .isEmpty();
    }

    /** For the client's transaction; an offer that goes through a relay is heard by the relay alone. */
    String text() {
        return packet.isRelayed() ? TEXT : TEXT + REPEATED;
    }

    MacAddress device() {
        return Client.device(packet);
    }

    /** DHCPNAK (RFC 2131 4.3.2). */
    ProxyDhcp.Reply reply() {
        return ReplyBuilder.refusal(packet, arrival);
    }
}
