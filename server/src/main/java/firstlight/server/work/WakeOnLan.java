package firstlight.server.work;

import firstlight.model.Bytes;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends magic packets to UDP port 9: as a broadcast on each of this host's interfaces, and to the network where the device was
 * seen last, for a router that lets directed broadcasts through.
 */
public final class WakeOnLan {
    private static final Logger LOG = LoggerFactory.getLogger(WakeOnLan.class);
    private static final int DISCARD = 9;

    /** Returns how many packets left; 0 when the device has no MAC address. That one left says nothing of whether it came. */
    public int wake(Facts facts) {
        int sent = 0;
        for (MacAddress mac : cards(facts)) {
            Bytes packet = MagicPacket.of(mac);
            for (Way way : ways(facts)) {
                sent += send(packet, way) ? 1 : 0;
            }
        }
        return sent;
    }

    /** Those that a packet can wake: the imaging environment tells of other cards as well, such as InfiniBand's with 20 octets. */
    static List<MacAddress> cards(Facts facts) {
        List<MacAddress> cards = new ArrayList<>();
        for (String text : facts.all(FactName.MAC)) {
            try {
                cards.add(MacAddress.parse(text));
            } catch (IllegalArgumentException other) {
                LOG.debug("{} cannot be woken", text);
            }
        }
        return cards;
    }

    /** @param from the own address, so that the packet leaves by that interface */
    record Way(InetAddress from, InetAddress to) {}

    /** One of this host's interfaces. */
    @FunctionalInterface
    interface Exit {
        /** Out of it; none while it is down. */
        List<Way> ways() throws IOException;
    }

    private static List<Way> ways(Facts facts) {
        List<Way> ways = new ArrayList<>();
        try {
            ways.addAll(ways(NetworkInterface.networkInterfaces()
                    .<Exit>map(each -> () -> broadcasts(each))
                    .toList()));
        } catch (IOException e) {
            LOG.warn("the interfaces cannot be listed, so nobody is woken: {}", e.getMessage());
        }
        facts.first(FactName.SUBNET)
                .flatMap(WakeOnLan::broadcast)
                .ifPresent(to -> ways.add(new Way(Ipv4Address.ANY.toInet(), to.toInet())));
        return ways;
    }

    /** One that has gone since they were listed, as a virtual PC's does, has none. */
    static List<Way> ways(List<Exit> exits) {
        List<Way> ways = new ArrayList<>();
        for (Exit exit : exits) {
            try {
                ways.addAll(exit.ways());
            } catch (IOException gone) {
                LOG.debug("nobody is woken by an interface: {}", gone.getMessage());
            }
        }
        return ways;
    }

    /** IPv4 only: a sleeping card looks for the pattern in any frame, and broadcasts are IPv4's. */
    private static List<Way> broadcasts(NetworkInterface card) throws IOException {
        List<Way> ways = new ArrayList<>();
        if (card.isUp() && !card.isLoopback()) {
            for (InterfaceAddress address : card.getInterfaceAddresses()) {
                if (address.getAddress() instanceof Inet4Address && address.getBroadcast() != null) {
                    ways.add(new Way(address.getAddress(), address.getBroadcast()));
                }
            }
        }
        return ways;
    }

    /** {@code 10.1.255.255} of {@code 10.1.0.0/16}. */
    static Optional<Ipv4Address> broadcast(String subnet) {
        String[] parts = subnet.split("/", -1);
        if (parts.length != 2 || !parts[1].matches("\\d{1,2}") || Integer.parseInt(parts[1]) > 30) {
            return Optional.empty();
        }
        try {
            int prefix = Integer.parseInt(parts[1]);
            int hosts = prefix == 0 ? -1 : (1 << (32 - prefix)) - 1;
            return Optional.of(new Ipv4Address(Ipv4Address.parse(parts[0]).value() | hosts));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean send(Bytes packet, Way way) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(way.from, 0))) {
            socket.setBroadcast(true);
            byte[] octets = packet.toArray();
            socket.send(new DatagramPacket(octets, octets.length, way.to, DISCARD));
            return true;
        } catch (IOException e) {
            LOG.debug("no magic packet from {} to {}: {}", way.from, way.to, e.getMessage());
            return false;
        }
    }
}
