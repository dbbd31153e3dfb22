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
            "that server or another told it to boot elsewhere (options 43, 60, 66, 67 there; with 175, `ipxe.no-pxedhcp`, iPXE hears no"
                    + " other), or a firewall keeps TFTP and HTTP from this host";

    private final PrebootClients clients;
    private final FollowedClients<Offered> offered = new FollowedClients<>();
    /** Requests that were heard before our answer to the DISCOVER went out: of a PC that had to be registered first. */
    private final Map<Bytes, DhcpPacket> early = Bounded.byAge(FollowedClients.CLIENTS);
    /** In the order in which they took their lease. */
    private final Map<Bytes, Leased> leased = Bounded.byAge(FollowedClients.CLIENTS);

    /** EDK2 built as it comes from its makers says so on its screen, after the ACK (HttpBootDhcp4.c, PcdAllowHttpConnections). */
    private static final String HTTPS =
            "its firmware takes https:// only (its screen says 'only HTTPS connection is allowed': allow HTTP in its set-up, or boot it by"
                    + " PXE), or ";

    /** {@code file} as it was offered; {@code last} when. Repeats within {@link Bounded#REPEATED} keep it as it is. */
    private record Offered(String file, boolean httpBoot, Instant last) implements FollowedClients.Heard {
        boolean isRepeatedBy(String again, Instant now) {
            return file.equals(again) && now.isBefore(last.plus(Bounded.REPEATED)) && !now.isBefore(last);
        }
    }

    /** A client on its way from its REQUEST to its boot file; {@code server} is the DHCP server that it chose, {@code throughRelay} what is to be said of a relay between. */
    private record Leased(
            MacAddress device,
            Offered offer,
            Ipv4Address lease,
            Ipv4Address server,
            int transactionId,
            String throughRelay,
            Instant since) {}

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
        if (!offer || answer.file().isEmpty() || BootPrograms.isMissing(answer.file())) {
            offered.remove(client);
            leased.remove(client); // asks on 4011, so it comes; or is to fetch nothing
            return;
        }
        Offered before = offered.get(client);
        if (before == null || !before.isRepeatedBy(answer.file(), now)) {
            boolean httpBoot = answer.find(ClassIdentifier.class)
                    .filter(ClassIdentifier::isHttp)
                    .isPresent();
            offered.put(client, new Offered(answer.file(), httpBoot, now));
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
        if (type != MessageType.DISCOVER) {
            return Optional.empty();
        }
        early.remove(
                client); // of an earlier start: ROMs that make their transaction id of the MAC address have it again
        // Whether it got what it asked for is not heard where the DHCP server answers by unicast.
        return Optional.ofNullable(leased.remove(client))
                .flatMap(each -> untaken(each, anew(each, now), "it was not given the address, or "));
    }

    /** A DHCP server was heard to refuse a lease: its client has none, and is told of elsewhere. */
    void refused(DhcpPacket nak) {
        Bytes client = nak.clientHardwareAddress();
        Leased asked = leased.get(client);
        if (asked != null && asked.transactionId == nak.transactionId()) {
            leased.remove(client);
        }
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
                        offer,
                        lease.get().address(),
                        server.get().address(),
                        request.transactionId(),
                        LeaseWait.throughRelay(request),
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
            untaken(
                            next,
                            "took the address " + next.lease + " from the DHCP server " + next.server
                                    + " and did not ask Firstlight for " + next.offer.file + " within "
                                    + Duration.between(next.since, now).toSeconds() + " s: ",
                            "")
                    .ifPresent(due::add);
        }
        return due;
    }

    private static String anew(Leased who, Instant now) {
        return "asked the DHCP server " + who.server + " for the address " + who.lease + ", did not ask Firstlight for "
                + who.offer.file + " and asks for an address anew after "
                + Duration.between(who.since, now).toSeconds() + " s: ";
    }

    /** @param before the usual reasons */
    private Optional<Untaken> untaken(Leased who, String what, String before) {
        if (clients.hasFetched(who.lease, who.since)
                || clients.isOfferedByAnother(who.device, who.since.minus(LeaseWait.ANOTHER_START))) {
            return Optional.empty();
        }
        String why = (who.offer.httpBoot ? HTTPS : "") + ELSEWHERE + who.throughRelay;
        return Optional.of(new Untaken(
                who.device,
                what
                        + clients.strayRouter(who.lease)
                                .map(stray -> stray.text() + ". Clients that do not mind the router: " + why)
                                .orElse(before + why)));
    }

    /** For {@link firstlight.model.Events}. */
    record Untaken(MacAddress device, String text) {}
}
