package firstlight.lab.bench;

import firstlight.database.Database;
import firstlight.model.BootDecisions;
import firstlight.model.Ipv4Address;
import firstlight.model.MenuAccess;
import firstlight.netboot.dhcp.ProxyDhcpServer;
import firstlight.netboot.files.BootRoot;
import firstlight.netboot.http.HttpServer;
import firstlight.netboot.preboot.Preboot;
import firstlight.netboot.preboot.PrebootHandler;
import firstlight.netboot.preboot.ScriptSettings;
import firstlight.server.boots.RecordedDecisions;
import firstlight.server.boots.TransactionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** What {@code serve} joins for a PC's first two questions: proxy DHCP and {@code /preboot}, over one database. */
record TransactionServer(ProxyDhcpServer dhcp, HttpServer http) implements AutoCloseable {
    static final int HTTP = 8080;
    private static final int ENGINE = 8443;

    static TransactionServer start(Database database, Path folder) throws IOException {
        TransactionLog log = new TransactionLog(database.journal(), database.devices());
        BootDecisions decisions = new RecordedDecisions(KnownDevices.decisions(database), database.journal(), log);
        Preboot preboot = new Preboot(
                decisions,
                MenuAccess.CLOSED,
                // Nobody boots an environment here: the engines' port and pin stand in scripts that are only counted.
                new ScriptSettings("Firstlight", 10, HTTP, ENGINE, "00".repeat(32)),
                () -> false,
                _ -> false,
                InstantSource.system());
        Path files = Files.createDirectories(folder.resolve("files"));
        HttpServer http = HttpServer.start(
                Ipv4Address.ANY,
                HTTP,
                BootRoot.open(files, false, List.of(preboot)),
                Map.of("/preboot", new PrebootHandler(preboot)),
                _ -> {});
        return new TransactionServer(KnownDevices.serve(decisions, log), http);
    }

    @Override
    public void close() {
        dhcp.close();
        http.close();
    }
}
