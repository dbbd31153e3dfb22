package firstlight.server;

import firstlight.model.IoReason;
import firstlight.server.configuration.Configuration;
import firstlight.server.configuration.ConfigurationFile;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.configuration.InvalidConfiguration;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code firstlight serve}: runs until it is told to stop. */
@Command(
        name = "serve",
        description =
                "Answers PXE and HTTP Boot clients, beside the DHCP server that is there already. Needs root for the "
                        + "low ports. Everything it keeps is below the data directory. Stop it with Ctrl-C or SIGTERM: nothing "
                        + "is lost.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight serve --interface eth0",
            "  firstlight serve --config /etc/firstlight/firstlight.yaml --data /srv/firstlight",
            "",
            "docs/configuration.md tells every key of the configuration file."
        })
final class ServeCommand implements Runnable {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML configuration; without it, the usual settings.")
    private @Nullable Path config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:FIRSTLIGHT_DATA:-" + DataDirectory.USUAL + "}",
            description = "Where everything is kept (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(DataDirectory.USUAL);

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description = "Serve this network interface only; may be given several times.")
    private List<String> interfaces = new ArrayList<>();

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            description = "Boot files and preboot questions (default: 8080).")
    private @Nullable Integer httpPort;

    @Option(names = "--engine-port", paramLabel = "PORT", description = "Imaging engines, HTTPS (default: 8443).")
    private @Nullable Integer enginePort;

    @Option(names = "--api-port", paramLabel = "PORT", description = "The command line's, on loopback (default: 8081).")
    private @Nullable Integer apiPort;

    @Option(
            names = "--api-only",
            description =
                    "Answer, wake and image no PC, let no schedule fire and no image expire, collect, pack and pull"
                            + " nothing by itself: only commands are answered. To look at a database that was put back"
                            + " before it gives work again that was done since.")
    private boolean apiOnly;

    /** For the launcher: a start that the JVM records, so that the next ones are faster (JEP 514). */
    @Option(names = "--stop-when-ready", hidden = true)
    private boolean stopWhenReady;

    /** For the launcher: whether its words and configuration can be meant, before it installs packages and prepares a start. */
    @Option(names = "--only-look", hidden = true)
    private boolean onlyLook;

    @Override
    public void run() {
        Configuration configuration = configuration();
        if (onlyLook) {
            return;
        }
        InterfaceWatch watch = InterfaceWatch.of(configuration.interfaces());
        Server server = Server.start(configuration, new DataDirectory(data), apiOnly);
        // For commands that read the server's configuration later; after the start, which has checked it.
        new DataDirectory(data).keep(Optional.ofNullable(config));
        CountDownLatch stopped = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            System.out.println("firstlight: stopped");
                            stopped.countDown();
                        },
                        "shutdown"));
        server.listeners()
                .forEach(listener -> System.out.printf(Locale.ROOT, "  %-20s %s%n", listener.where(), listener.what()));
        double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
        System.out.printf(
                Locale.ROOT,
                "firstlight: ready after %.1f s on %s; data in %s%n",
                seconds,
                watch.text(),
                data.toAbsolutePath());
        if (apiOnly) {
            System.out.println(
                    "firstlight: only commands are answered (--api-only): no PC is, no schedule fires, and no"
                            + " image expires, is collected, packed or pulled by itself");
        }
        // The JVM writes what it has seen when it ends.
        if (stopWhenReady) {
            return;
        }
        server.firstPassword()
                .ifPresent(password -> System.out.printf(
                        Locale.ROOT,
                        "firstlight: the first administrator is 'admin' with the password %s (told this once only)%n",
                        password));
        if (!apiOnly) {
            server.supplyBootFiles();
        }
        try {
            // Every five seconds, until the shutdown hook has closed the server.
            while (!stopped.await(5, TimeUnit.SECONDS)) {
                watch.look();
            }
        } catch (InterruptedException e) {
            main.interrupt();
        }
    }

    private static int port(String option, @Nullable Integer given, int usual) {
        if (given != null && (given < 1 || given > 65535)) {
            throw new OperatorError(option + " " + given + " is no port", "a port is a number from 1 to 65535");
        }
        return given == null ? usual : given;
    }

    /** Options go before the file's keys. */
    private Configuration configuration() {
        Configuration read = Configuration.USUAL;
        Path file = config;
        try {
            if (file != null) {
                read = ConfigurationFile.read(file);
            }
        } catch (InvalidConfiguration e) {
            throw new OperatorError(String.valueOf(e.getMessage()), "docs/configuration.md tells every key", e);
        } catch (NoSuchFileException e) {
            throw new OperatorError("there is no configuration file " + file, "name an existing one with --config", e);
        } catch (IOException e) {
            throw new OperatorError(
                    "the configuration " + file + " cannot be read: " + IoReason.of(e), "see its permission", e);
        }
        Configuration.Ports ports = read.ports();
        ports = new Configuration.Ports(
                ports.dhcp(),
                ports.proxyDhcp(),
                ports.tftp(),
                port("--http-port", httpPort, ports.http()),
                port("--engine-port", enginePort, ports.engine()),
                port("--api-port", apiPort, ports.api()));
        if (ports.clash().isPresent()) {
            throw new OperatorError(
                    ports.clash().get() + ": " + ports.http() + ", " + ports.engine() + " and " + ports.api(),
                    "choose another with --http-port, --engine-port or --api-port");
        }
        read = read.withPorts(ports);
        return interfaces.isEmpty() ? read : read.withInterfaces(interfaces);
    }
}
