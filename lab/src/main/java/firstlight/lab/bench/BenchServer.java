package firstlight.lab.bench;

import firstlight.database.Database;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.ProxyDhcpServer;
import firstlight.netboot.files.BootFiles;
import firstlight.netboot.files.BootRoot;
import firstlight.netboot.http.HttpServer;
import firstlight.netboot.tftp.TftpServer;
import firstlight.netboot.tftp.TftpSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One of our servers alone in its process, until standard input ends. */
final class BenchServer {
    private BenchServer() {}

    /** @param arguments which server, its address, the folder of its files */
    public static void main(String[] arguments) throws IOException {
        Ipv4Address address = Ipv4Address.parse(arguments[1]);
        Path folder = Path.of(arguments[2]);
        switch (arguments[0]) {
            case "tftp" -> {
                TftpSettings settings = TftpSettings.DEFAULT.withAddress(address);
                try (TftpServer _ = TftpServer.start(settings, files(folder), _ -> {})) {
                    untilInputEnds();
                }
            }
            case "http" -> {
                try (HttpServer _ = HttpServer.start(address, 80, files(folder), Map.of(), _ -> {})) {
                    untilInputEnds();
                }
            }
            // On every interface: in its namespace there is the one to the clients, and loopback.
            case "dhcp" -> {
                try (Database database = Database.open(folder.resolve("database"), Instant.now());
                        ProxyDhcpServer _ = KnownDevices.serve(database)) {
                    untilInputEnds();
                }
            }
            case "transactions" -> {
                try (Database database = Database.open(folder.resolve("database"), Instant.now());
                        TransactionServer _ = TransactionServer.start(database, folder)) {
                    untilInputEnds();
                }
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** The benchmark holds the other end of the pipe: however it ends, no server outlives it. */
    private static void untilInputEnds() throws IOException {
        int octet;
        do {
            octet = System.in.read();
        } while (octet >= 0);
    }

    private static BootFiles files(Path folder) throws IOException {
        return BootRoot.open(folder, false, List.of());
    }
}
