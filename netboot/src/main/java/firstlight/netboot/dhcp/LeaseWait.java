package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.model.OneLine;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.Message;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.RequestedAddress;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who boots from the network and gets no address. Firmware repeats its DISCOVER until a DHCP server has offered one, and broadcasts a
 * REQUEST then; Firstlight's own answers end nothing. Nobody else would say why such a PC goes on to its disk. Mutable, owned by the
 * proxy's thread.
 */
final class LeaseWait {
    /** Servers that look for an address' owner first offer it after 1 to 3 s. iPXE asks after 0, 1, 3 and 7 s, EDK2 after 0, 4 and 12 s. */
    static final Duration TOO_LONG = Duration.ofSeconds(6);

    /** EDK2's longest pause is 16 s; after a longer one the PC was started again. */
    static final Duration ANOTHER_START = Duration.ofSeconds(30);

    private static final String SNOOPING =
            "UEFI firmware takes no address while nobody names a boot file (a switch's DHCP snooping drops"
                    + " what Firstlight says unless this host's port is trusted; so does a hypervisor's DHCP guard)";

    private final PrebootClients clients;
    private final FollowedClients<Waiting> waits = new FollowedClients<>();

    /** @param clients knows what DHCP servers were heard to offer */
    LeaseWait(PrebootClients clients) {
        this.clients = clients;
    }

    /** Changed in place: a flood repeats its packets. */
    private static final class Waiting implements FollowedClients.Heard {
        /** Firmware and iPXE keep it over the repeats of a DISCOVER; what they load has another. */
        int transactionId;

        Instant first;
        Instant last;
        boolean answered;
        boolean told;
        /** A REQUEST ended it. */
        boolean over;

        Optional<Asked> asked = Optional.empty();
        boolean refused;

        Waiting(int transactionId, Instant now) {
            this.transactionId = transactionId;
            first = now;
            last = now;
        }

        @Override
        public Instant last() {
            return last;
        }
    }

    /** What a firmware chose of the offers it had. */
    private record Asked(int transactionId, Ipv4Address server, Ipv4Address lease) {
        static Optional<Asked> of(DhcpPacket request) {
            return request.find(ServerIdentifier.class)
                    .flatMap(server -> request.find(RequestedAddress.class)
                            .map(lease -> new Asked(request.transactionId(), server.address(), lease.address())));
        }
    }

    /** What there is to tell of the packet's client, once in a wait. */
    Optional<String> hear(DhcpPacket packet, Instant now) {
        boolean boots = packet.op() == DhcpPacket.BOOTREQUEST
                && packet.find(ClassIdentifier.class)
                        .filter(ClassIdentifier::isFirmware)
                        .isPresent();
        int type = packet.messageType().orElse(0);
        if (!boots || (type != MessageType.DISCOVER && type != MessageType.REQUEST)) {
            return Optional.empty();
        }
        Bytes client = packet.clientHardwareAddress();
        Waiting waiting = waits.get(client);
        if (waiting == null || !now.isBefore(waiting.last.plus(ANOTHER_START))) {
            waiting = new Waiting(packet.transactionId(), now);
            waits.put(client, waiting);
        }
        waiting.last = now;
        if (type == MessageType.REQUEST) {
            waiting.over = true;
            waiting.asked = Asked.of(packet);
            return Optional.empty();
        }
        // A relay may send the REQUEST to the DHCP server that was chosen, and not here.
        if (waiting.over || waiting.transactionId != packet.transactionId()) {
            waiting.told &= !waiting.over;
            waiting.over = false;
            waiting.asked = Optional.empty();
            waiting.first = now;
            waiting.answered = false;
        }
        waiting.transactionId = packet.transactionId();
        Duration waited = Duration.between(waiting.first, now);
        boolean tell = waiting.answered && !waiting.told && waited.compareTo(TOO_LONG) >= 0;
        waiting.told |= tell;
        return tell ? Optional.of(noAddress(packet, waiting.first, waited)) : Optional.empty();
    }

    /** EDK2 asks for broadcasts, so that an offer to it is mostly heard here; iPXE's ROM does not. */
    private String noAddress(DhcpPacket packet, Instant first, Duration waited) {
        return "has asked for an address for " + waited.toSeconds() + " s and took none, and boots nothing without; "
                + packet.mac()
                        .flatMap(mac -> clients.leaseOffer(mac, first))
                        .map(offer -> "the DHCP server " + offer.server() + " offered it " + offer.lease()
                                + ": look whether that comes to it, and what Firstlight says; " + SNOOPING)
                        .orElse(
                                "look whether its DHCP server (Firstlight leases nothing) hears it, has addresses left and gives"
                                        + " them to PCs that it does not know, and whether what Firstlight says comes to it; "
                                        + SNOOPING)
                + throughRelay(packet);
    }

    /** Palo Alto's relays the first offer alone, Junos' that of the server of a lease that it knows: ours has no address, or is not that one's. */
    static String throughRelay(DhcpPacket packet) {
        return packet.isRelayed()
                ? "; its DHCP relay " + packet.relay()
                        + " must pass on every server's offer, which Palo Alto's does not, nor does Junos' for a PC that it knows"
                        + " (docs/running.md)"
                : "";
    }

    /**
     * Takes note of an answer of ours. EDK2 takes no lease while nobody names a boot file: whom we leave in silence waits for us, not for its
     * DHCP server.
     */
    void answered(Bytes client) {
        Waiting waiting = waits.get(client);
        if (waiting != null) {
            waiting.answered = true;
        }
    }

    /** What there is to tell of a DHCPNAK to a firmware's REQUEST, once a power-on: it begins anew, and may be refused for ever. */
    Optional<String> refused(DhcpPacket nak) {
        Waiting waiting = waits.get(nak.clientHardwareAddress());
        if (waiting == null || waiting.refused) {
            return Optional.empty();
        }
        Optional<String> text = waiting.asked
                .filter(asked -> asked.transactionId == nak.transactionId())
                .flatMap(asked -> refusal(asked, nak));
        waiting.refused = text.isPresent();
        return text;
    }

    private static Optional<String> refusal(Asked asked, DhcpPacket nak) {
        return nak.find(ServerIdentifier.class).map(by -> refusal(asked, by.address(), nak));
    }

    private static String refusal(Asked asked, Ipv4Address by, DhcpPacket nak) {
        String why = nak.find(Message.class)
                .map(message -> " ('" + OneLine.of(message.text()) + "')")
                .orElse("");
        return "asked the DHCP server " + asked.server + " for the address " + asked.lease + " and was refused it by "
                + by
                + why
                + (by.equals(asked.server)
                        ? ""
                        : ": there are two DHCP servers on this network that do not know of each other; switch one of them off"
                                + " ('authoritative' in its configuration lets one refuse what another leases)");
    }
}
