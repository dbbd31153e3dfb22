package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PostgreSQL of Debian's package on the LAN, beside the bridge, for the servers of one scenario. It does not run as root, so
 * it runs as the user that the package made, and ends with the scenario as every process of it does.
 */
record LabPostgres(Path password) {
    static final String USER = "firstlight";
    static final String URL = "jdbc:postgresql://10.77.0.254:5432/postgres";
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
    private static final String UNPRIVILEGED = "postgres";

    static LabPostgres start(Stage stage) {
        Path bin = bin().orElseThrow(
                        () -> new LabFailure(
                                "this scenario needs Debian's package postgresql (apt-get install postgresql; ./firstlight test installs it)"));
        Path folder = stage.state().folder().resolve("postgresql");
        Path log = stage.logs().resolve("postgresql.log");
        try {
            Files.createDirectory(folder);
            Path password = Files.writeString(folder.resolve("password"), "only for this scenario");
            Shell.run("chown", "-R", UNPRIVILEGED, folder.toString());
            Shell.run("chmod", "700", folder.toString());
            Path data = folder.resolve("data");
            Shell.run(unprivileged(List.of(
                    bin.resolve("initdb").toString(),
                    "--pgdata=" + data,
                    "--username=" + USER,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync")));
            Files.writeString(
                    data.resolve("pg_hba.conf"),
                    "host all all 10.77.0.0/24 scram-sha-256\n",
                    StandardOpenOption.APPEND);
            // It ends with the scenario: nothing of it has to outlast the host, so that nothing is synced.
            stage.state()
                    .started(new ProcessBuilder(Shell.inside(
                                    stage.lan().wire(),
                                    unprivileged(List.of(
                                            bin.resolve("postgres").toString(),
                                            "-D",
                                            data.toString(),
                                            "-c",
                                            "listen_addresses=10.77.0.254",
                                            "-c",
                                            "unix_socket_directories=",
                                            "-c",
                                            "fsync=off"))))
                            .directory(Path.of("/").toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start());
            Wait.until(
                    "PostgreSQL (see " + log + ")",
                    60,
                    () -> Files.readString(log).contains("ready to accept connections"));
            return new LabPostgres(password);
        } catch (IOException failure) {
            throw new LabFailure("cannot start PostgreSQL: " + failure.getMessage(), failure);
        }
    }

    /** What an operator writes into the configuration of each server. */
    String configuration() {
        return "database: {url: '" + URL + "', user: " + USER + ", password-file: '" + password + "'}\n";
    }

    private static List<String> unprivileged(List<String> command) {
        List<String> whole = new ArrayList<>(List.of(
                "setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + UNPRIVILEGED, "--clear-groups", "--reset-env"));
        whole.addAll(command);
        return whole;
    }

    /** Of the versions that are installed the last by name. */
    private static Optional<Path> bin() {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Path::compareTo);
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + INSTALLED + ": " + failure.getMessage(), failure);
        }
    }
}
