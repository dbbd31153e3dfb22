package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.sockets.Interfaces;
import java.util.List;
import java.util.Optional;

/**
 * How a packet came.
 *
 * @param source who sent it: the client, or a relay
 * @param server our address for this client: the one it asked, or that of the interface which heard its broadcast
 * @param network the client's network, {@code 192.168.1.0/24}, as far as it is known
 */
public record Arrival(Door door, Ipv4Address source, int sourcePort, Ipv4Address server, String network) {
    /** The two ports that a proxy listens on. */
    public enum Door {
        /** 67, where clients broadcast. */
        DHCP,
        /** 4011, where a client asks after a DHCP server has sent it here, or with a menu item. */
        PROXY
    }

    /**
     * Our address for the client of a packet. The kernel names one, but for a broadcast it may be another interface's: by the route to
     * the sender, or because the packet's interface has none, and then the client cannot ask us at all.
     *
     * @param named by the kernel
     * @param destination as the packet has it; what was sent to an address of ours has found its way there
     * @param ofInterface the addresses of the interface that the packet came by
     */
    static Optional<Ipv4Address> server(Ipv4Address named, Ipv4Address destination, List<Ipv4Address> ofInterface) {
        boolean asked = !named.isAny() && destination.equals(named);
        return asked || ofInterface.contains(named)
                ? Optional.of(named)
                : ofInterface.stream().findFirst();
    }

    /**
     * The network of our interface, unless the client asked us on 4011 from behind a router: of that network nothing is known but the
     * client's own address.
     */
    static String network(Ipv4Address server, int prefix, Ipv4Address source) {
        boolean here = source.isAny() || new Interfaces.Address(server, prefix).covers(source);
        return here ? server.network(prefix) : source + "/32";
    }
}
