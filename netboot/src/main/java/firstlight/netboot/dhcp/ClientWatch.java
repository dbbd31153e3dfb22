package firstlight.netboot.dhcp;

import firstlight.model.MacAddress;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the proxy hears of clients beside their questions: whether they get an address, and come for what they were offered. Mutable, owned by
 * the proxy's thread.
 */
final class ClientWatch {
    private final PrebootClients clients;
    private final LeaseWait waits;
    private final UntakenOffers offers;

    ClientWatch(PrebootClients clients) {
        this.clients = clients;
        this.waits = new LeaseWait(clients);
        this.offers = new UntakenOffers(clients);
    }

    /** For {@link firstlight.model.Events}. */
    record Told(MacAddress device, String kind, String text) {}

    /** What a client's packet gives to tell of it. */
    List<Told> hear(DhcpPacket packet, Instant now) {
        List<Told> told = new ArrayList<>();
        packet.mac().ifPresent(mac -> {
            if (packet.op() == DhcpPacket.BOOTREQUEST
                    && packet.find(ClassIdentifier.class)
                            .filter(ClassIdentifier::isFirmware)
                            .isPresent()) {
                clients.saw(mac, now);
            }
            waits.hear(packet, now).ifPresent(text -> told.add(new Told(mac, "no-lease", text)));
            offers.hear(packet, now).ifPresent(untaken -> told.add(told(untaken)));
        });
        return told;
    }

    /** Takes note of what is sent to a client. */
    void answered(DhcpPacket answer, Instant now) {
        waits.answered(answer.clientHardwareAddress());
        offers.answered(answer, now);
    }

    /** What a DHCP server's refusal gives to tell of its client. */
    List<Told> refused(DhcpPacket nak) {
        offers.refused(nak);
        return nak.mac().flatMap(mac -> waits.refused(nak).map(text -> new Told(mac, "no-lease", text))).stream()
                .toList();
    }

    /** What the time gives to tell. */
    List<Told> due(Instant now) {
        return offers.due(now).stream().map(ClientWatch::told).toList();
    }

    private static Told told(UntakenOffers.Untaken untaken) {
        return new Told(untaken.device(), "untaken", untaken.text());
    }
}
