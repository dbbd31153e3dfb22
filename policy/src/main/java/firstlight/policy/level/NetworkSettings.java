package firstlight.policy.level;

import firstlight.model.Ipv4Address;
import java.util.List;
import java.util.Optional;

/** The network settings that a device's operating system is to have. */
public sealed interface NetworkSettings {
    record Dhcp() implements NetworkSettings {}

    /**
     * Addresses from {@code first} to {@code last}, one a device.
     *
     * @param prefix length of the network's prefix, 1 to 32
     * @param domain empty for none
     */
    record Static(
            Ipv4Address first,
            Ipv4Address last,
            int prefix,
            Optional<Ipv4Address> gateway,
            List<Ipv4Address> dnsServers,
            String domain)
            implements NetworkSettings {
        public Static {
            dnsServers = List.copyOf(dnsServers);
            if (prefix < 1 || prefix > 32) {
                throw new IllegalArgumentException("the prefix must be 1 to 32, not " + prefix);
            }
            if (Integer.compareUnsigned(first.value(), last.value()) > 0) {
                throw new IllegalArgumentException(
                        "the address pool ends (" + last + ") before it begins (" + first + ")");
            }
            if (!first.network(prefix).equals(last.network(prefix))) {
                throw new IllegalArgumentException(
                        "the address pool " + first + " to " + last + " is not in one network of prefix " + prefix);
            }
            if (gateway.isPresent() && !gateway.get().network(prefix).equals(first.network(prefix))) {
                throw new IllegalArgumentException(
                        "the gateway " + gateway.get() + " is not in the pool's network " + first.network(prefix));
            }
        }
    }
}
