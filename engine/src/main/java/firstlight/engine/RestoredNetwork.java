package firstlight.engine;

import firstlight.image.safe.SafeNetwork;
import firstlight.model.Ipv4Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Gives a restored Linux system the network settings of the image-safe data, in a file of our own that goes before what the system
 * has: NetworkManager's (by priority) or systemd-networkd's (by name), which netplan writes for too. Nothing else is changed.
 */
final class RestoredNetwork {
    private static final String MANAGER = "etc/NetworkManager/system-connections";
    private static final String NETWORKD = "etc/systemd/network";
    private static final String WANTED = "etc/systemd/system/multi-user.target.wants/systemd-networkd.service";

    private RestoredNetwork() {}

    /**
     * @param root the system's
     * @param mac of the card that is meant: on another PC the file has no effect
     * @return what was done, in words
     * @throws java.nio.file.FileSystemException which names the file, where one may not be written
     */
    static String apply(Path root, SafeNetwork settings, String mac) throws IOException {
        Path manager = root.resolve(MANAGER + "/firstlight.nmconnection");
        Path networkd = root.resolve(NETWORKD + "/00-firstlight.network");
        return switch (settings) {
            case SafeNetwork.Dhcp _ -> {
                // An image may hold what was written here for the PC that it was captured from.
                boolean gone = isFolder(root, MANAGER) && Files.deleteIfExists(manager);
                gone |= isFolder(root, NETWORKD) && Files.deleteIfExists(networkd);
                yield gone ? "its address by DHCP" : "";
            }
            case SafeNetwork.Fixed fixed -> {
                if (isFolder(root, MANAGER)) {
                    write(manager, connection(fixed, mac));
                } else if (isFolder(root, NETWORKD)
                        && (Files.exists(root.resolve(WANTED), LinkOption.NOFOLLOW_LINKS)
                                || Files.isDirectory(root.resolve("etc/netplan")))) {
                    write(networkd, network(fixed, mac));
                } else {
                    yield "no NetworkManager and no systemd-networkd on it to be given the address " + fixed.address();
                }
                yield "its address " + fixed.address();
            }
        };
    }

    /** A link on the way could lead out of the restored system, into our own. */
    static boolean isFolder(Path root, String folder) {
        Path at = root;
        for (Path step : Path.of(folder)) {
            at = at.resolve(step);
            if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
        }
        return true;
    }

    /** NetworkManager ignores files that others may read. systemd-networkd's user reads its own as one of the others. */
    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        String mode = file.toString().endsWith(".network") ? "rw-r--r--" : "rw-------";
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    static String connection(SafeNetwork.Fixed fixed, String mac) {
        return """
                [connection]
                id=firstlight
                type=ethernet
                autoconnect-priority=999
                [ethernet]
                mac-address=%s
                [ipv4]
                method=manual
                address1=%s/%d%s
                %s%s[ipv6]
                method=auto
                """.formatted(
                        mac,
                        fixed.address(),
                        fixed.prefix(),
                        fixed.gateway().map(gateway -> "," + gateway).orElse(""),
                        list("dns=", fixed.dnsServers(), ";"),
                        fixed.domain().isEmpty() ? "" : "dns-search=" + fixed.domain() + ";\n");
    }

    static String network(SafeNetwork.Fixed fixed, String mac) {
        return "[Match]\nMACAddress=" + mac + "\n[Network]\nAddress=" + fixed.address() + "/" + fixed.prefix() + "\n"
                + fixed.gateway().map(gateway -> "Gateway=" + gateway + "\n").orElse("")
                + list("DNS=", fixed.dnsServers(), " ")
                + (fixed.domain().isEmpty() ? "" : "Domains=" + fixed.domain() + "\n");
    }

    private static String list(String key, List<Ipv4Address> addresses, String between) {
        return addresses.isEmpty()
                ? ""
                : addresses.stream().map(Ipv4Address::toString).collect(Collectors.joining(between, key, "\n"));
    }
}
