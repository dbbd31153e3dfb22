package firstlight.server;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whose an address is, as the kernel knows from the packets that it just had. Nobody, behind a router. */
final class Neighbours {
    private static final Path TABLE = Path.of("/proc/net/arp");

    private Neighbours() {}

    static Optional<MacAddress> mac(Ipv4Address address) {
        try {
            return Files.readAllLines(TABLE).stream()
                    .map(line -> line.split("\\s+"))
                    .filter(columns -> columns.length > 3
                            && columns[0].equals(address.toString())
                            && !columns[3].equals("00:00:00:00:00:00"))
                    .map(columns -> MacAddress.parse(columns[3]))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // no such table on this system: transfers are logged without their device
        }
    }
}
