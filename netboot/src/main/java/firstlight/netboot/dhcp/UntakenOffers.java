package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.RequestedAddress;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who was offered a boot file, took a lease and then came for nothing. What made it go elsewhere is often not heard here: a DHCP server answers
 * iPXE's ROM by unicast, and one that says {@code PXEClient} is taken at once where it answers first. Mutable, owned by the proxy's thread.
 */
final class UntakenOffers {
    /** From the REQUEST to the end of the first transfer, on a slow line. */
    static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final String ELSEWHERE =
            "that server or another told it to boot elsewhere (options 43, 60, 66, 67 there), or a firewall keeps TFTP and HTTP from this host";

    private final PrebootClients clients;
    private final FollowedClients<Offered> offered = new FollowedClients<>();
    /** Requests that were heard before our answer to the DISCOVER went out: of a PC that had to be registered first. */
    private final Map<Bytes, DhcpPacket> early = Bounded.byAge(FollowedClients.CLIENTS);
    /** In the order in which they took their lease. */
    private final Map<Bytes, Leased> leased = Bounded.byAge(FollowedClients.CLIENTS);

    private record Offered(String file, Instant last) implements FollowedClients.Heard {
        boolean isRepeatedBy(String again, Instant now) {
            return file.equals(again) && now.isBefore(last.plus(Bounded.REPEATED)) && !now.isBefore(last);
        }
    }

    private record Leased(MacAddress device, String file, Ipv4Address lease, Ipv4Address server, Instant since) {}

    /** @param clients knows who fetches boot files */
    UntakenOffers(PrebootClients clients) {
        this.clients = clients;
    }

    /** Takes note of an answer to a client's broadcast. */
    void answered(DhcpPacket answer, Instant now) {
        Bytes client = answer.clientHardwareAddress();
        Optional<DhcpPacket> request = Optional.ofNullable(early.remove(client))
                .filter(heard -> heard.transactionId() == answer.transactionId());
        boolean offer =
                answer.messageType().filter(type -> type == MessageType.OFFER).isPresent();
        if (!offer || answer.file().isEmpty()) {
            offered.remove(client);
            leased.remove(client); // asks on 4011, so it comes; or is to fetch nothing
            return;
        }
        Offered before = offered.get(client);
        if (before == null || !before.isRepeatedBy(answer.file(), now)) {
            offered.put(client, new Offered(answer.file(), now));
        }
        request.ifPresent(heard -> takes(heard, now));
    }

    /** What there is to tell when a client asks anew: it did not get far with its lease. */
    Optional<Untaken> hear(DhcpPacket packet, Instant now) {
        int type = packet.messageType().orElse(0);
        Bytes client = packet.clientHardwareAddress();
        if (packet.op() != DhcpPacket.BOOTREQUEST
                || packet.mac().isEmpty()
                || packet.find(ClassIdentifier.class)
                        .filter(ClassIdentifier::isFirmware)
                        .isEmpty()) {
            return Optional.empty();
        }
        if (type == MessageType.REQUEST) {
            takes(packet, now);
        }
        return type == MessageType.DISCOVER
                ? Optional.ofNullable(leased.remove(client)).flatMap(each -> untaken(each, now))
                : Optional.empty();
    }

    private void takes(DhcpPacket request, Instant now) {
        Bytes client = request.clientHardwareAddress();
        Optional<ServerIdentifier> server = request.find(ServerIdentifier.class);
        Optional<RequestedAddress> lease = request.find(RequestedAddress.class);
        if (server.isEmpty() || lease.isEmpty()) {
            return;
        }
        Offered offer = offered.remove(client);
        if (offer == null) {
            early.put(client, request);
            return;
        }
        leased.put(
                client,
                new Leased(
                        MacAddress.of(client),
                        offer.file,
                        lease.get().address(),
                        server.get().address(),
                        now));
    }

    /** Those whose time is over; costs nothing while there are none. */
    List<Untaken> due(Instant now) {
        List<Untaken> due = new ArrayList<>();
        Iterator<Leased> each = leased.values().iterator();
        while (each.hasNext()) {
            Leased next = each.next();
            if (now.isBefore(next.since.plus(PATIENCE))) {
                break;
            }
            each.remove();
            untaken(next, now).ifPresent(due::add);
        }
        return due;
    }

    private Optional<Untaken> untaken(Leased who, Instant now) {
        return clients.hasFetched(who.lease, who.since)
                ? Optional.empty()
                : Optional.of(new Untaken(
                        who.device,
                        "took the address " + who.lease + " from the DHCP server " + who.server
                                + " and did not ask Firstlight for "
                                + who.file + " within "
                                + Duration.between(who.since, now).toSeconds()
                                + " s: "
                                + clients.strayRouter(who.lease)
                                        .map(stray ->
                                                stray.text() + ". Clients that do not mind the router: " + ELSEWHERE)
                                        .orElse(ELSEWHERE)));
    }

    /** For {@link firstlight.model.Events}. */
    record Untaken(MacAddress device, String text) {}
}
