package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.sockets.Interfaces;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What others call the host that Firstlight runs on.
 *
 * @param addresses of its interfaces
 * @param name as the kernel has it, with a domain or without; empty where it is not to be had
 */
record ThisHost(Set<Ipv4Address> addresses, String name) {
    private static final Logger LOG = LoggerFactory.getLogger(ThisHost.class);

    ThisHost {
        addresses = Set.copyOf(addresses);
    }

    /** Of now: addresses come and go. No name server is asked. */
    static ThisHost read() throws SocketException {
        Set<Ipv4Address> addresses = new HashSet<>();
        Interfaces.up().forEach(each -> each.addresses().forEach(own -> addresses.add(own.address())));
        return new ThisHost(addresses, kernelsName());
    }

    private static String kernelsName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            LOG.debug("this host's name cannot be read: {}", e.getMessage());
            return "";
        }
    }

    boolean has(Ipv4Address address) {
        return addresses.contains(address);
    }

    /** Whether {@code host} is one of the addresses in text, or the name; a domain is compared only where both have one. */
    boolean isCalled(String host) {
        return addresses.stream().anyMatch(own -> own.toString().equals(host)) || isNamed(host);
    }

    private boolean isNamed(String host) {
        boolean bothWhole = host.contains(".") && name.contains(".");
        return !name.isEmpty()
                && (bothWhole ? host.equalsIgnoreCase(name) : first(host).equalsIgnoreCase(first(name)));
    }

    private static String first(String host) {
        int dot = host.indexOf('.');
        return dot < 0 ? host : host.substring(0, dot);
    }
}
