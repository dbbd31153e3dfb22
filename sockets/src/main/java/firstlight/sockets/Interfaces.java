package firstlight.sockets;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The network interfaces that are up, with their IPv4 addresses. */
public final class Interfaces {
    private Interfaces() {}

    /** @param hardware empty for interfaces without an Ethernet address */
    public record Interface(
            int index, String name, Optional<MacAddress> hardware, boolean loopback, List<Address> addresses) {
        public Interface {
            addresses = List.copyOf(addresses);
        }
    }

    public record Address(Ipv4Address address, int prefix) {
        /** Whether {@code other} is in this address's subnet. */
        public boolean covers(Ipv4Address other) {
            int mask = prefix == 0 ? 0 : -1 << (32 - prefix);
            return (address.value() & mask) == (other.value() & mask);
        }
    }

    /** In the order of their indexes. Read anew on each call: addresses come and go. */
    public static List<Interface> up() throws SocketException {
        List<Interface> found = new ArrayList<>();
        for (NetworkInterface each : NetworkInterface.networkInterfaces()
                .sorted((a, b) -> Integer.compare(a.getIndex(), b.getIndex()))
                .toList()) {
            if (!each.isUp()) {
                continue;
            }
            List<Address> addresses = new ArrayList<>();
            for (InterfaceAddress bound : each.getInterfaceAddresses()) {
                if (bound.getAddress() instanceof Inet4Address address) {
                    addresses.add(new Address(Ipv4Address.of(address), bound.getNetworkPrefixLength()));
                }
            }
            byte[] hardware = each.getHardwareAddress();
            found.add(new Interface(
                    each.getIndex(),
                    each.getName(),
                    hardware == null || hardware.length != 6
                            ? Optional.empty()
                            : Optional.of(MacAddress.of(Bytes.of(hardware))),
                    each.isLoopback(),
                    addresses));
        }
        return found;
    }

    /**
     * All there are, also those that are down, have no cable or no address yet, which Java does not list. Of this process's own
     * network namespace, which {@code /sys} need not be.
     */
    public static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/net/dev"))) {
            int colon = line.lastIndexOf(':');
            if (colon > 0) {
                names.add(line.substring(0, colon).strip());
            }
        }
        return names;
    }

    /**
     * The index of the interface with this name, whether it is up or not; 0 when there is none now. One that was made anew has another.
     *
     * @throws SocketFailure when it cannot be asked for, as without a free descriptor: then nobody knows whether there is one
     */
    public static int index(String name) throws SocketFailure {
        try (Arena arena = Arena.ofConfined()) {
            int index = Libc.interfaceIndex(arena.allocateFrom(name));
            if (index < 0
                    && -index != Errno.ENODEV.number()) { // which one glibc 2.36 leaves depends on what it tried last
                throw SocketFailure.of("look for the network interface " + name + ", as without a descriptor", -index);
            }
            return Math.max(0, index);
        }
    }

    /** The largest packet of the interface with this index, or 1500 when it has gone. */
    public static int mtu(int index) {
        try {
            NetworkInterface found = NetworkInterface.getByIndex(index);
            return found == null ? 1500 : found.getMTU();
        } catch (SocketException e) {
            return 1500;
        }
    }
}
