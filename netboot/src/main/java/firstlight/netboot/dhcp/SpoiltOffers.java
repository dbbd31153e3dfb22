package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.UnendedFileName;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The DHCP servers' offers that EDK2 spoils as it reads them ({@link UnendedFileName}). Where it finds the offer that it chose invalid, it takes
 * the last one that it heard as it was sent (Dhcp4Io.c, DhcpChooseOffer): if that is ours, which leases nothing, there is no boot. So the DHCP
 * server's is repeated behind ours, octet for octet. Once for each answer of ours: another Firstlight on the LAN repeats it too, and both hear
 * both.
 *
 * <p>Not every broadcast comes by: Kea sends its answer to 255.255.255.255 in a frame for who asked. On a wire where a client has lost its lease
 * so, its DISCOVER is repeated too: the DHCP server sends its offer once more, to us, and so it is heard. Mutable, owned by the proxy's thread.
 */
final class SpoiltOffers {
    /** For the client's transaction. */
    static final String TEXT =
            "its DHCP server's offer was repeated behind Firstlight's, since UEFI firmware spoils the first as it reads it (option 67 without a NUL)."
                    + " Take option 67 (and 66) out of the DHCP server's configuration";

    private static final int CLIENTS = 1_024;

    private final Map<Exchange, Overheard> theirs = Bounded.byAge(CLIENTS);
    private final Map<Exchange, Answer> ours = Bounded.byAge(CLIENTS);
    /** Interfaces on which a client lost its lease to an offer that was not heard here. */
    private final Set<Integer> unheard = new HashSet<>();

    private record Exchange(Bytes client, int transactionId) {
        static Exchange of(DhcpPacket packet) {
            return new Exchange(packet.clientHardwareAddress(), packet.transactionId());
        }
    }

    /** An offer as it was broadcast. */
    record Overheard(Bytes octets, DhcpPacket packet) {
        /** Empty for one that EDK2 reads as it is, and for what leases nothing. */
        static Optional<Overheard> of(Bytes octets, DhcpPacket packet) {
            boolean leases = packet.op() == DhcpPacket.BOOTREPLY
                    && !packet.yourAddress().isAny()
                    && packet.messageType()
                            .filter(type -> type == MessageType.OFFER)
                            .isPresent();
            return leases && UnendedFileName.isIn(octets)
                    ? Optional.of(new Overheard(octets, packet))
                    : Optional.empty();
        }
    }

    /** The way that an offer of ours took; not the offer itself, since a flood's many are kept. */
    record Answer(Ipv4Address from, Ipv4Address to, int port, Listener listener, int interfaceIndex) {
        static Answer of(ProxyDhcp.Reply reply, Listener listener, int interfaceIndex) {
            return new Answer(reply.from(), reply.to(), reply.port(), listener, interfaceIndex);
        }
    }

    /** To be sent behind {@code answer}, the way that it took. */
    record Repeat(Overheard offer, Answer answer) {
        ProxyDhcp.Reply reply() {
            return new ProxyDhcp.Reply(offer.packet, answer.from, answer.to, answer.port);
        }
    }

    /** A DHCP server offers a lease. */
    Optional<Repeat> hear(Overheard offer) {
        Exchange exchange = Exchange.of(offer.packet);
        return theirs.putIfAbsent(exchange, offer) == null
                ? Optional.ofNullable(ours.get(exchange)).map(answer -> new Repeat(offer, answer))
                : Optional.empty();
    }

    /** We have offered something to a client that spoils what it reads. */
    Optional<Repeat> answered(DhcpPacket reply, Answer answer) {
        Exchange exchange = Exchange.of(reply);
        ours.put(exchange, answer);
        return Optional.ofNullable(theirs.get(exchange)).map(offer -> new Repeat(offer, answer));
    }

    /** A client has taken our offer for a lease; one behind a relay tells nothing of the DHCP servers on this wire. */
    void lost(DhcpPacket request, int interfaceIndex) {
        if (!request.isRelayed()) {
            unheard.add(interfaceIndex);
        }
    }

    /** Whether the DHCP server is to be asked once more, for us to hear it, after we have {@link #answered}. */
    boolean isToBeHeard(Request request, int interfaceIndex) {
        return unheard.contains(interfaceIndex)
                && isClients(request)
                && !theirs.containsKey(Exchange.of(request.packet()));
    }

    /** Whether {@code request} is a DISCOVER that was repeated, by us or by another Firstlight: a client without a lease has no address. */
    boolean isRepeated(Request request) {
        return request.question() instanceof Request.Question.Discover
                && !request.packet().isRelayed()
                && !isClients(request)
                && ours.containsKey(Exchange.of(request.packet()));
    }

    private static boolean isClients(Request request) {
        return request.arrival().source().isAny() && !request.packet().isRelayed();
    }
}
