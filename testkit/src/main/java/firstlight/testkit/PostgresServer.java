package firstlight.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real PostgreSQL of its own, from Debian's package: in a new directory, on a free port of loopback, gone when it is closed.
 * PostgreSQL does not run as root, so for root it runs as the user that the package made.
 */
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "firstlight";
    public static final String PASSWORD = "only for tests";
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
    private static final String UNPRIVILEGED = "postgres";

    private final Path bin;
    private final Path directory;
    private final int port;
    /** Their names are counted on: tests side by side have one each. */
    private final AtomicInteger databases = new AtomicInteger();

    private PostgresServer(Path bin, Path directory, int port) {
        this.bin = bin;
        this.directory = directory;
        this.port = port;
    }

    /** Started by the first test that asks, and by none where no test does. */
    private static final class Shared {
        private static final PostgresServer SERVER = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close, "postgres-stop"));
        }
    }

    /** One for all tests of this JVM, stopped at its end. */
    public static PostgresServer shared() {
        return Shared.SERVER;
    }

    /** @throws IllegalStateException when the package is missing: a suite that was left out must not look green */
    public static PostgresServer start() {
        try {
            Path bin = bin();
            Path directory = Files.createTempDirectory("firstlight-postgresql");
            PostgresServer server = new PostgresServer(bin, directory, freePort());
            server.initialise();
            server.startAgain();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path bin() throws IOException {
        List<Path> versions = List.of();
        if (Files.isDirectory(INSTALLED)) {
            try (Stream<Path> entries = Files.list(INSTALLED)) {
                versions = entries.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .sorted()
                        .toList();
            }
        }
        if (versions.isEmpty()) {
            throw new IllegalStateException(
                    "THE TESTS ON POSTGRESQL DID NOT RUN: Debian's package postgresql is missing"
                            + " (apt-get install postgresql; ./firstlight test installs it)");
        }
        return versions.getLast();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void initialise() throws IOException {
        Path password = directory.resolve("password");
        Files.writeString(password, PASSWORD);
        if (isRoot()) {
            UserPrincipal user =
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(UNPRIVILEGED);
            Files.setOwner(directory, user);
            Files.setOwner(password, user);
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        run(
                "initdb",
                "--pgdata=" + directory.resolve("data"),
                "--username=" + USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
    }

    /** Starts it after {@link #stopHard}, with what it has. It does not sync to the disk: no test needs what it kept after a power cut. */
    public void startAgain() {
        run(
                "pg_ctl",
                "start",
                "--wait",
                "--pgdata=" + directory.resolve("data"),
                "--log=" + directory.resolve("log"),
                "--options=-c listen_addresses=127.0.0.1 -c port=" + port + " -c unix_socket_directories=''"
                        + " -c fsync=off -c shared_buffers=32MB -c max_connections=100");
    }

    /** Starts it after {@link #stopHard} as a hot standby of a first server that is not there. */
    public void startAsStandby() {
        try {
            Files.createFile(directory.resolve("data/standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        startAgain();
    }

    /** Makes the standby the first server. */
    public void promote() {
        run("pg_ctl", "promote", "--wait", "--pgdata=" + directory.resolve("data"));
    }

    /** As a crash of the machine would; by its process number, which its directory holds. */
    public void stopHard() {
        run("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata=" + directory.resolve("data"));
    }

    /** A new empty database's JDBC URL. */
    public String newDatabase() {
        String name = "test" + databases.incrementAndGet();
        sql("create database " + name + " template template0");
        return url(name);
    }

    /** Of a database that is there; user and password are {@link #USER} and {@link #PASSWORD}. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    public int port() {
        return port;
    }

    /** As the superuser, in the database {@code postgres}. */
    public void sql(String statement) {
        run(
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--dbname=postgresql://" + USER + ":" + PASSWORD.replace(" ", "%20") + "@127.0.0.1:" + port
                        + "/postgres",
                "--command=" + statement);
    }

    private void run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of(
                    "setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + UNPRIVILEGED, "--clear-groups", "--reset-env"));
        }
        command.add(bin.resolve(program).toString());
        command.addAll(List.of(arguments));
        try {
            // Not a pipe: the server that pg_ctl leaves behind would hold it open.
            Path output = Files.createTempFile("firstlight-postgresql", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .directory(Path.of("/").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new IllegalStateException(
                            program + " failed: " + Files.readString(output, StandardCharsets.UTF_8));
                }
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Override
    public void close() {
        try {
            if (Files.exists(directory.resolve("data/postmaster.pid"))) {
                stopHard();
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
