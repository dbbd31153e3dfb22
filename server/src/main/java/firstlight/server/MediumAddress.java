package firstlight.server;

import firstlight.environment.BootMedium;
import firstlight.model.Ipv4Address;
import firstlight.server.operator.OperatorError;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The fixed address of a boot medium: what cannot work is said here, not at a PC without a network. */
final class MediumAddress {
    @Option(names = "--address", required = true, description = "The PC's address; without it, by DHCP.")
    String address = "";

    @Option(names = "--netmask", required = true, description = "As 255.255.255.0.")
    String netmask = "";

    @Option(names = "--gateway", description = "The router's address; without it only its own network is reached.")
    String gateway = "";

    /** A medium asks this for ever: a port that was forgotten (80 by http's rule, and the server has 8080) shows at the PC only. */
    static void checkServer(String server) {
        String cure = "as http://192.168.1.10:8080";
        try {
            URI url = new URI(server);
            boolean whole = server.equals("http://" + url.getRawAuthority()) && url.getHost() != null;
            if (!whole || url.getRawUserInfo() != null) {
                throw new OperatorError("--server '" + server + "' is no server", cure);
            }
            if (url.getPort() < 1 || url.getPort() > 65535) {
                throw new OperatorError(
                        "--server '" + server + "' names no port",
                        "ports.http of the server's configuration, usually 8080: http://" + url.getHost() + ":8080");
            }
        } catch (URISyntaxException e) {
            throw new OperatorError("--server '" + server + "' is no server", cure, e);
        }
    }

    /**
     * @param server its URL, which must be reached without DNS: no DHCP server tells where that is
     * @throws OperatorError for what cannot be an address, and for a server that could not be reached by it
     */
    BootMedium.StaticAddress checked(@Nullable String server) {
        Ipv4Address own = parse("--address", address);
        int mask = parse("--netmask", netmask).value();
        if (mask == 0 || Integer.bitCount(mask) != Integer.numberOfLeadingZeros(~mask)) {
            throw new OperatorError("--netmask '" + netmask + "' is no netmask", "as 255.255.255.0");
        }
        boolean small = Integer.bitCount(mask) >= 31;
        if (!small && ((own.value() & ~mask) == 0 || (own.value() | mask) == -1)) {
            throw new OperatorError(
                    "--address " + address + " is the network's own or its broadcast address", "give a PC's address");
        }
        if (!gateway.isEmpty()) {
            Ipv4Address router = parse("--gateway", gateway);
            if (((router.value() ^ own.value()) & mask) != 0 || router.equals(own)) {
                throw new OperatorError(
                        "--gateway " + gateway + " is not another address in the network of " + address + " with "
                                + netmask,
                        "give the router's address in that network, or leave it out");
            }
        }
        if (server != null) {
            Ipv4Address there =
                    parse("--server", String.valueOf(URI.create(server).getHost()));
            if (gateway.isEmpty() && ((there.value() ^ own.value()) & mask) != 0) {
                throw new OperatorError(
                        "the server " + there + " is in another network than " + address + " with " + netmask,
                        "name the router with --gateway");
            }
        }
        return new BootMedium.StaticAddress(address, netmask, gateway);
    }

    private static Ipv4Address parse(String option, String text) {
        try {
            return Ipv4Address.parse(text);
        } catch (IllegalArgumentException e) {
            String why = option.equals("--server") ? ", and without DHCP nobody tells where DNS is" : "";
            throw new OperatorError(option + " has '" + text + "', which is no address" + why, "as 192.168.1.20", e);
        }
    }
}
