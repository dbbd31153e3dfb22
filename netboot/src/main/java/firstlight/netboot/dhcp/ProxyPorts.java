package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.ProxyDhcpServer.Listening;
import firstlight.sockets.Errno;
import firstlight.sockets.Interfaces;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket.Binding;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets at the proxy's two doors: one for all interfaces, or one for each that the operator named. The DHCP port is heard without
 * having it, so that any DHCP server may have it on this host, whichever starts first. Owned by one thread at a time.
 *
 * <p>Without the right to that (CAP_NET_RAW), or when the operator says so, the port is taken as any server does. Then there is a socket for
 * each interface when another server has the port on one of them: libvirt, LXD and NetworkManager start a dnsmasq for a network of their
 * own, and that must not make us deaf on the others. dnsmasq, udhcpd and systemd-networkd take the port of an interface. Kea takes that of
 * an address (2.2, with raw sockets as well), which keeps everybody from having all addresses of whichever interface: beside it we take
 * those of our interface, and 255.255.255.255.
 */
final class ProxyPorts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyPorts.class);

    /**
     * @param index of the interface that its sockets are bound to: made anew under the same name, it has another
     * @param addresses those that they are bound to; empty when all are heard, whichever they come to be
     * @param listeners one, or one for each address
     */
    private record Card(int index, List<Ipv4Address> addresses, List<Listener> listeners) {
        boolean isStill(int now, List<Ipv4Address> itsAddresses) {
            return index == now && (addresses.isEmpty() || addresses.equals(itsAddresses));
        }
    }

    private final Listening listening;
    /** Sockets for all interfaces; where the operator named some, or the DHCP port could not be had so, {@link #cards} has others. */
    private final List<Listener> everywhere = new ArrayList<>();

    private final Map<String, Card> cards = new TreeMap<>();

    /** Interfaces with a DHCP server of their own: not tried again, or its restart might find the port gone. */
    private final Map<String, Integer> taken = new TreeMap<>();

    /** Interfaces that the last look saw first. */
    private Map<String, Integer> fresh = Map.of();

    /** The DHCP port is taken for some interface: each other has a socket of its own. */
    private boolean broadcastsByCard;

    /** Why an interface that the operator named is not heard; it is tried again at each look, and told once. */
    private final Map<String, String> deaf = new TreeMap<>();

    /** Found out by the first try. */
    private boolean mayBeRaw;

    private ProxyPorts(Listening listening) {
        this.listening = listening;
        // Any free port (of tests) is one that is taken.
        this.mayBeRaw = !listening.holdDhcpPort() && listening.dhcp() != 0;
    }

    /** @throws SocketFailure when the proxy port cannot be opened; a DHCP port that is taken is left to who has it */
    static ProxyPorts open(Listening listening) throws SocketFailure {
        ProxyPorts ports = new ProxyPorts(listening);
        try {
            if (listening.interfaces().isEmpty()) {
                ports.openEverywhere();
            }
            for (String name : listening.interfaces()) {
                ports.openCard(name);
            }
            return ports;
        } catch (SocketFailure e) {
            ports.close();
            throw e;
        }
    }

    List<Listener> listeners() {
        List<Listener> all = new ArrayList<>(everywhere);
        cards.values().forEach(card -> all.addAll(card.listeners()));
        return all;
    }

    /** The proxy port first: without it nothing works, while a DHCP port that is taken is somebody's right. */
    private void openEverywhere() throws SocketFailure {
        everywhere.add(Listener.bound(proxy(""), Door.PROXY));
        Optional<Listener> raw = withoutPort("");
        if (raw.isPresent()) {
            everywhere.add(raw.get());
            return;
        }
        try {
            everywhere.add(Listener.bound(dhcp(""), Door.DHCP));
        } catch (SocketFailure e) {
            if (e.errno() != Errno.EADDRINUSE) {
                throw e;
            }
            broadcastsByCard = true;
            sight().here().forEach(this::openBroadcasts);
            if (cards.isEmpty()) {
                leaveToTheDhcpServer(dhcp(""));
            } else {
                LOG.warn(
                        "{} is taken by a DHCP server for {}; PXE clients that broadcast are heard on {}. Where that server is, it"
                                + " must send them here (option 60; `firstlight dhcp-config` prints the lines)",
                        dhcp(""),
                        taken.isEmpty() ? "another interface" : String.join(", ", taken.keySet()),
                        String.join(", ", cards.keySet()));
            }
        }
    }

    /** Empty when this process must take the port, or try to. */
    private Optional<Listener> withoutPort(String device) throws SocketFailure {
        if (!mayBeRaw) {
            return Optional.empty();
        }
        try {
            return Optional.of(Listener.withoutPort(listening.dhcp(), device));
        } catch (SocketFailure e) {
            if (e.errno() != Errno.EPERM && e.errno() != Errno.EACCES) {
                throw e;
            }
            mayBeRaw = false;
            LOG.warn(
                    "{} is taken from any DHCP server that starts later on this host: hearing the port without having it needs"
                            + " CAP_NET_RAW",
                    dhcp(device));
            return Optional.empty();
        }
    }

    private void openCard(String name) throws SocketFailure {
        int index = Interfaces.index(name);
        List<Listener> listeners = new ArrayList<>();
        // Noted at once, so that a failure of the second socket closes the first.
        cards.put(name, new Card(index, List.of(), listeners));
        listeners.add(Listener.bound(proxy(name), Door.PROXY));
        Optional<Listener> raw = withoutPort(name);
        if (raw.isPresent()) {
            listeners.add(raw.get());
            return;
        }
        try {
            listeners.add(Listener.bound(dhcp(name), Door.DHCP));
        } catch (SocketFailure e) {
            if (e.errno() != Errno.EADDRINUSE) {
                throw e;
            }
            List<Ipv4Address> addresses = addresses(name);
            List<Listener> byAddress = byAddress(name, addresses);
            listeners.addAll(byAddress);
            if (byAddress.isEmpty()) {
                leaveToTheDhcpServer(dhcp(name));
            } else {
                cards.put(name, new Card(index, addresses, listeners));
            }
        }
    }

    /** What cannot be opened for another reason than a DHCP server, such as a host out of descriptors, is tried again. */
    private boolean openBroadcasts(String name, int index) {
        try {
            cards.put(name, new Card(index, List.of(), List.of(Listener.bound(dhcp(name), Door.DHCP))));
            return true;
        } catch (SocketFailure e) {
            LOG.debug("not heard on all of {}: {}", name, e.getMessage());
            if (e.errno() != Errno.EADDRINUSE) {
                return false;
            }
        }
        try {
            List<Ipv4Address> addresses = addresses(name);
            List<Listener> byAddress = byAddress(name, addresses);
            if (!byAddress.isEmpty()) {
                cards.put(name, new Card(index, addresses, byAddress));
                return true;
            }
        } catch (SocketFailure e) {
            LOG.debug("not heard on {}: {}", name, e.getMessage());
            return false;
        }
        taken.put(name, index);
        return false;
    }

    /** Empty when a DHCP server has one of the addresses: this interface is its own. */
    private List<Listener> byAddress(String name, List<Ipv4Address> addresses) throws SocketFailure {
        List<Listener> listeners = new ArrayList<>();
        try {
            for (Ipv4Address address : addresses) {
                listeners.add(Listener.bound(dhcp(name).at(address), Door.DHCP));
            }
            if (!addresses.isEmpty()) {
                listeners.add(Listener.bound(dhcp(name).at(Ipv4Address.BROADCAST), Door.DHCP));
            }
            return listeners;
        } catch (SocketFailure e) {
            listeners.forEach(Listener::close);
            if (e.errno() != Errno.EADDRINUSE) {
                throw e;
            }
            return List.of();
        }
    }

    private static void leaveToTheDhcpServer(Binding dhcp) {
        LOG.warn(
                "{} is taken, so a DHCP server runs on this host: PXE clients are answered on the proxy port only, and that"
                        + " server must send option 60; `firstlight dhcp-config` prints the lines for it",
                dhcp);
    }

    /** Whether interfaces that come and go change the sockets. If not, there is no need to {@link #look}. */
    boolean followInterfaces() {
        return broadcastsByCard || !listening.interfaces().isEmpty();
    }

    /** Sockets for interfaces that were made anew, or have come. True when {@link #listeners} is another list than before. */
    boolean look() {
        Sight sight;
        try {
            sight = sight();
        } catch (SocketFailure e) { // nobody knows what has gone: all that is heard stays so
            LOG.debug("the interfaces are not looked at: {}", e.getMessage());
            return false;
        }
        return broadcastsByCard ? lookForCards(sight) : lookAtNamedCards(sight);
    }

    /**
     * The interfaces as they were at one moment, so that a look sees all of them or does nothing.
     *
     * @param indexes of those whose sockets may be old; 0 of one that is not there
     * @param addresses of those that are up
     * @param here those in which a PC may be
     */
    private record Sight(
            Map<String, Integer> indexes, Map<String, List<Ipv4Address>> addresses, Map<String, Integer> here) {
        int index(String name) {
            return indexes.getOrDefault(name, 0);
        }

        boolean isStill(String name, Card card) {
            return card.isStill(index(name), addresses.getOrDefault(name, List.of()));
        }
    }

    private Sight sight() throws SocketFailure {
        Map<String, Integer> indexes = new TreeMap<>();
        for (String name : listening.interfaces()) {
            indexes.put(name, Interfaces.index(name));
        }
        for (String name : cards.keySet()) {
            indexes.put(name, Interfaces.index(name));
        }
        Map<String, List<Ipv4Address>> addresses = new TreeMap<>();
        Map<String, Integer> here = new TreeMap<>();
        for (Interfaces.Interface each : up()) {
            addresses.put(
                    each.name(),
                    each.addresses().stream().map(Interfaces.Address::address).toList());
            if (!each.loopback() && !each.addresses().isEmpty()) {
                here.put(each.name(), each.index());
            }
        }
        return new Sight(indexes, addresses, here);
    }

    private static List<Interfaces.Interface> up() throws SocketFailure {
        try {
            return Interfaces.up();
        } catch (SocketException e) {
            throw SocketFailure.of("list the network interfaces", e);
        }
    }

    private boolean lookAtNamedCards(Sight sight) {
        boolean changed = false;
        for (String name : listening.interfaces()) {
            Card card = cards.get(name);
            int index = sight.index(name);
            if (index == 0 || (card != null && sight.isStill(name, card))) {
                continue;
            }
            changed |= card != null;
            drop(name);
            try {
                openCard(name);
                changed = true;
                deaf.remove(name);
                LOG.info("interface {} was made anew, or has other addresses; its PXE clients are heard again", name);
            } catch (SocketFailure e) {
                drop(name);
                String why = String.valueOf(e.getMessage());
                if (!why.equals(deaf.put(name, why))) {
                    LOG.warn("PXE clients on interface {}, which has changed, are not heard: {}", name, why);
                }
            }
        }
        return changed;
    }

    /** At the second sight: who made the interface may be about to start a DHCP server on it, and needs the port. */
    private boolean lookForCards(Sight sight) {
        boolean changed = false;
        for (Map.Entry<String, Card> each : List.copyOf(cards.entrySet())) {
            String name = each.getKey();
            int index = sight.index(name);
            if (!sight.isStill(name, each.getValue())) {
                drop(name);
                changed = true;
                if (index == each.getValue().index() && openBroadcasts(name, index)) {
                    LOG.info("PXE clients are heard on {} with its new addresses", name);
                }
            }
        }
        Map<String, Integer> unknown = new HashMap<>(sight.here());
        unknown.keySet().removeAll(cards.keySet());
        unknown.entrySet().removeAll(taken.entrySet());
        for (Map.Entry<String, Integer> each : unknown.entrySet()) {
            if (each.getValue().equals(fresh.get(each.getKey())) && openBroadcasts(each.getKey(), each.getValue())) {
                LOG.info("PXE clients are heard on {} too", each.getKey());
                changed = true;
            }
        }
        fresh = unknown;
        return changed;
    }

    private void drop(String name) {
        Card card = cards.remove(name);
        if (card != null) {
            card.listeners().forEach(Listener::close);
        }
    }

    private static List<Ipv4Address> addresses(String name) throws SocketFailure {
        return up().stream()
                .filter(each -> each.name().equals(name))
                .flatMap(each -> each.addresses().stream())
                .map(Interfaces.Address::address)
                .toList();
    }

    private Binding proxy(String device) {
        // To who asks there before it has an address.
        return Binding.of(Ipv4Address.ANY, listening.proxy()).onDevice(device).withBroadcast();
    }

    private Binding dhcp(String device) {
        return Binding.of(Ipv4Address.ANY, listening.dhcp()).onDevice(device).withBroadcast();
    }

    @Override
    public void close() {
        listeners().forEach(Listener::close);
    }
}
