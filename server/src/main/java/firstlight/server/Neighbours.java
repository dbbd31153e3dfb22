package firstlight.server;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whose an address is, as the kernel knows from the packets that it just had. Nobody, behind a router. */
final class Neighbours {
    private static final Path TABLE = Path.of("/proc/net/arp");

    private static final Pattern ETHERNET = Pattern.compile("\\p{XDigit}{2}(:\\p{XDigit}{2}){5}");

    private Neighbours() {}

    /** Reads the whole table: on the thread of who has time. */
    static Optional<MacAddress> mac(Ipv4Address address) {
        try {
            return mac(address, Files.readAllLines(TABLE));
        } catch (IOException e) {
            return Optional.empty(); // no such table on this system: transfers are logged without their device
        }
    }

    static Optional<MacAddress> mac(Ipv4Address address, List<String> table) {
        return table.stream()
                .map(line -> line.split("\\s+"))
                .filter(columns -> columns.length > 3
                        && columns[0].equals(address.toString())
                        // of IP over InfiniBand the kernel shows a part, of a tunnel a star
                        && ETHERNET.matcher(columns[3]).matches()
                        && !columns[3].equals("00:00:00:00:00:00"))
                .map(columns -> MacAddress.parse(columns[3]))
                .findFirst();
    }
}
