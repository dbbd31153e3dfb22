package firstlight.engine;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** This PC's addresses and gateway, for a person who looks for what is wrong with them. */
final class OwnNetwork {
    private OwnNetwork() {}

    /** {@code this PC has 10.77.0.9/24 on eth0, gateway 10.77.0.1}. */
    static String words(Path root) {
        return words(
                addresses(),
                gateway(SysFile.text(root.resolve("proc/net/route")).orElse("")));
    }

    static String words(List<String> addresses, Optional<String> gateway) {
        return "this PC has " + (addresses.isEmpty() ? "no address" : String.join(", ", addresses))
                + gateway.map(router -> ", gateway " + router).orElse(", no gateway");
    }

    private static List<String> addresses() {
        List<String> addresses = new ArrayList<>();
        try {
            for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (card.isLoopback()) {
                    continue;
                }
                for (InterfaceAddress address : card.getInterfaceAddresses()) {
                    if (address.getAddress() instanceof Inet4Address) {
                        addresses.add(address.getAddress().getHostAddress() + "/" + address.getNetworkPrefixLength()
                                + " on " + card.getName());
                    }
                }
            }
        } catch (IOException unknown) {
            return List.of();
        }
        return addresses;
    }

    /** Of {@code /proc/net/route}: the route to 0.0.0.0; addresses are hexadecimal in the processor's order. */
    static Optional<String> gateway(String table) {
        return table.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 2
                        && words[1].equals("00000000")
                        && words[2].matches("[0-9A-F]{8}")
                        && !words[2].equals("00000000"))
                .map(words -> HexFormat.of().parseHex(words[2]))
                .map(octets ->
                        (octets[3] & 255) + "." + (octets[2] & 255) + "." + (octets[1] & 255) + "." + (octets[0] & 255))
                .findFirst();
    }
}
