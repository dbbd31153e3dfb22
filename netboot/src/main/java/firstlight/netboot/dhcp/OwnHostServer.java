package firstlight.netboot.dhcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whether a DHCP server of this host writes its answers below IP, as Kea and ISC dhcpd do: no socket of UDP hears those, not even by way of a
 * switch, which does not send them back.
 */
final class OwnHostServer {
    private static final String DHCP_PORT = ":0043";
    private static final String ALL_PROTOCOLS = "0003";

    private OwnHostServer() {}

    /** Now, in this process's own network namespace. */
    static boolean sendsBelowIp() throws IOException {
        return sendsBelowIp(
                Files.readAllLines(Path.of("/proc/net/udp")), Files.readAllLines(Path.of("/proc/net/packet")));
    }

    /**
     * Such a server has a packet socket of all protocols and the DHCP port, which Firstlight itself only hears.
     *
     * @param udp the lines of {@code /proc/net/udp}
     * @param packet those of {@code /proc/net/packet}
     */
    static boolean sendsBelowIp(List<String> udp, List<String> packet) {
        return hasColumn(udp, 1, address -> address.endsWith(DHCP_PORT)) && hasColumn(packet, 3, ALL_PROTOCOLS::equals);
    }

    private static boolean hasColumn(List<String> lines, int column, Predicate<String> wanted) {
        return lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .anyMatch(columns -> columns.length > column && wanted.test(columns[column]));
    }
}
