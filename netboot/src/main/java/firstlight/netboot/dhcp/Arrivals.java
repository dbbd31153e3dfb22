package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Listener.Heard;
import firstlight.sockets.Interfaces;
import firstlight.wire.dhcp.DhcpPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How packets came, by the addresses that this host's interfaces have now. Mutable, owned by the proxy's thread. */
final class Arrivals {
    private final Drops drops;
    private final HeardLeases leases = new HeardLeases();
    private final OwnAddresses addresses;

    Arrivals(Drops drops) {
        this.drops = drops;
        this.addresses = OwnAddresses.ofThisHost(drops);
    }

    private static List<Ipv4Address> addresses(List<Interfaces.Address> own) {
        List<Ipv4Address> addresses = new ArrayList<>(own.size());
        for (Interfaces.Address each : own) {
            addresses.add(each.address());
        }
        return addresses;
    }

    /** Of packet {@code i} of a listener's; empty, and counted, on an interface without an address. */
    Optional<Arrival> of(Listener listener, int i, Heard heard, DhcpPacket packet) {
        int index = listener.interfaceIndex(i);
        leases.hear(packet, index);
        // Of an interface with several addresses the one counts that is in the client's network, as far as leases tell
        // it.
        List<Interfaces.Address> own = addresses.of(index, listener.localAddress(i), System.nanoTime());
        Ipv4Address destination = listener.destination(i);
        Optional<Ipv4Address> server = Arrival.server(listener.localAddress(i), destination, addresses(own))
                .map(found -> destination.equals(found) ? found : leases.nearest(packet, index, own, found));
        if (server.isEmpty()) {
            drops.note("no address", "a packet came on interface " + index + ", which has no IPv4 address");
            return Optional.empty();
        }
        int prefix = OwnAddresses.prefix(own, server.get());
        String network = Arrival.network(server.get(), prefix < 0 ? 32 : prefix, heard.source());
        return Optional.of(new Arrival(listener.door(), heard.source(), heard.sourcePort(), server.get(), network));
    }
}
