package firstlight.server;

import firstlight.server.operator.OperatorError;
import firstlight.sockets.Interfaces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator which addresses PCs are served on, and when that changes. The servers themselves need no telling: they listen on an
 * interface whether it has a cable and an address or not, and look at both when a packet comes. Of one thread, that of the command.
 */
final class InterfaceWatch {
    private static final Logger LOG = LoggerFactory.getLogger(InterfaceWatch.class);

    private final List<String> wanted;
    /** By interface, as {@code 192.168.1.10/24}; of the last look. */
    private Map<String, List<String>> addresses;

    private InterfaceWatch(List<String> wanted, Map<String, List<String>> addresses) {
        this.wanted = wanted;
        this.addresses = addresses;
    }

    /** @param wanted empty for all; a name that no interface has ends the start */
    static InterfaceWatch of(List<String> wanted) {
        try {
            return of(wanted, Interfaces.names(), addresses(wanted, Interfaces.up()));
        } catch (IOException e) {
            throw new OperatorError("the network interfaces cannot be listed: " + e.getMessage(), "", e);
        }
    }

    static InterfaceWatch of(List<String> wanted, Set<String> there, Map<String, List<String>> addresses) {
        Set<String> cards = new TreeSet<>(there);
        cards.remove("lo");
        for (String name : wanted) {
            if (!there.contains(name)) {
                throw new OperatorError(
                        "there is no interface '" + name + "'",
                        "there are: " + String.join(", ", cards) + "; see `ip address`");
            }
        }
        if (cards.isEmpty() && wanted.isEmpty()) {
            throw new OperatorError(
                    "there is no network interface but loopback", "add one (`ip link`), then start again");
        }
        for (String name : wanted) {
            if (!addresses.containsKey(name)) {
                LOG.warn("{} has no link or no IPv4 address yet; PCs on it are served once it has both", name);
            }
        }
        if (wanted.isEmpty() && addresses.isEmpty()) {
            LOG.warn("no interface has a link and an IPv4 address yet; PCs are served once one has (`ip address`)");
        }
        return new InterfaceWatch(wanted, addresses);
    }

    /** {@code eth0 192.168.1.10/24, eth1 10.0.0.1/8}. */
    String text() {
        if (addresses.isEmpty()) {
            return wanted.isEmpty() ? "no interface yet" : String.join(", ", wanted) + " (no address yet)";
        }
        List<String> texts = new ArrayList<>();
        addresses.forEach((name, each) -> each.forEach(address -> texts.add(name + " " + address)));
        return String.join(", ", texts);
    }

    /** Called every few seconds. What cannot be listed now is listed at the next look. */
    void look() {
        try {
            changes(addresses(wanted, Interfaces.up())).forEach(LOG::info);
        } catch (IOException e) {
            LOG.debug("the network interfaces cannot be listed", e);
        }
    }

    /** What is different from the last look, in words. */
    List<String> changes(Map<String, List<String>> now) {
        List<String> changes = new ArrayList<>();
        Set<String> names = new TreeSet<>(addresses.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            List<String> before = addresses.getOrDefault(name, List.of());
            List<String> after = now.getOrDefault(name, List.of());
            if (after.isEmpty()) {
                changes.add("PCs on " + name + " are no longer served: it lost its link or its address");
            } else if (!after.equals(before)) {
                changes.add("PCs are served on " + name + " " + String.join(", ", after));
            }
        }
        addresses = now;
        return changes;
    }

    private static Map<String, List<String>> addresses(List<String> wanted, List<Interfaces.Interface> up) {
        Map<String, List<String>> addresses = new TreeMap<>();
        for (Interfaces.Interface each : up) {
            boolean ours = wanted.isEmpty() ? !each.loopback() : wanted.contains(each.name());
            if (ours && !each.addresses().isEmpty()) {
                addresses.put(
                        each.name(),
                        each.addresses().stream()
                                .map(address -> address.address() + "/" + address.prefix())
                                .toList());
            }
        }
        return addresses;
    }
}
