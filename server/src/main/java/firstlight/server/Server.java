package firstlight.server;

import firstlight.database.Database;
import firstlight.database.DatabaseFailure;
import firstlight.database.DatabaseUnreachable;
import firstlight.database.Storage;
import firstlight.image.ImageFailure;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.store.S3Settings;
import firstlight.image.store.S3Store;
import firstlight.model.BootDecisions;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.FirewallWatch;
import firstlight.netboot.dhcp.OfferWatch;
import firstlight.netboot.dhcp.PrebootClients;
import firstlight.netboot.dhcp.ProxyDhcpServer;
import firstlight.netboot.files.BootFiles;
import firstlight.netboot.files.BootRoot;
import firstlight.netboot.http.HttpFailure;
import firstlight.netboot.http.HttpServer;
import firstlight.netboot.preboot.Preboot;
import firstlight.netboot.preboot.PrebootHandler;
import firstlight.netboot.preboot.ScriptSettings;
import firstlight.netboot.ra.RouterAdvertisements;
import firstlight.netboot.tftp.TftpServer;
import firstlight.netboot.tftp.TftpSettings;
import firstlight.policy.Alarms;
import firstlight.policy.Decisions;
import firstlight.policy.Repositories;
import firstlight.policy.Settings;
import firstlight.policy.level.Group;
import firstlight.server.access.Access;
import firstlight.server.access.PersonAtThePc;
import firstlight.server.api.Api;
import firstlight.server.api.ApiPort;
import firstlight.server.boots.RecordedDecisions;
import firstlight.server.boots.TransactionLog;
import firstlight.server.configuration.Configuration;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.images.ImageCare;
import firstlight.server.images.ImageJobs;
import firstlight.server.images.NewestImages;
import firstlight.server.images.NightWatch;
import firstlight.server.images.Plans;
import firstlight.server.images.Unpacked;
import firstlight.server.imaging.EnginePort;
import firstlight.server.imaging.ManualDesk;
import firstlight.server.imaging.ServerCertificate;
import firstlight.server.imaging.SilentEngines;
import firstlight.server.imaging.Streams;
import firstlight.server.imaging.WorkDesk;
import firstlight.server.operator.OperatorError;
import firstlight.server.sites.Pace;
import firstlight.server.sites.Rounds;
import firstlight.server.sites.Sites;
import firstlight.server.vault.Vault;
import firstlight.server.work.Starter;
import firstlight.server.work.WakeOnLan;
import firstlight.sockets.SocketFailure;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The composition root: every room is made and joined here, and taken apart in the opposite order. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final InstantSource CLOCK = InstantSource.system();

    private final Configuration configuration;
    private final DataDirectory data;
    private final boolean apiOnly;
    // The last on top: what was made of another part is closed before that.
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final PrebootClients clients = new PrebootClients();
    private final List<Listener> listeners = new ArrayList<>();
    // Null until it is open.
    private @Nullable Access access;

    /** One line of the table that the start prints. */
    record Listener(String where, String what) {}

    private Server(Configuration configuration, DataDirectory data, boolean apiOnly) {
        this.configuration = configuration;
        this.data = data;
        this.apiOnly = apiOnly;
    }

    /**
     * @param apiOnly no PC and no engine is heard, woken or given work, and no image expires: what is in use an older database does not know
     * @throws OperatorError with everything closed again
     */
    static Server start(Configuration configuration, DataDirectory data, boolean apiOnly) {
        Server server = new Server(configuration, data, apiOnly);
        try {
            server.open();
            return server;
        } catch (SocketFailure | HttpFailure e) {
            server.close();
            // Both name port and cure themselves.
            throw new OperatorError(String.valueOf(e.getMessage()), "", e);
        } catch (ImageFailure e) {
            server.close();
            throw new OperatorError(e.what() + ": " + e.cause(), e.cure(), e);
        } catch (IOException e) {
            server.close();
            throw new OperatorError(String.valueOf(e.getMessage()), "see space and permission there", e);
        } catch (DatabaseUnreachable e) {
            server.close();
            throw new OperatorError(
                    String.valueOf(e.getMessage()), "see that it has room and answers; then start again", e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    List<Listener> listeners() {
        return List.copyOf(listeners);
    }

    /** After the ready line: boot programs and environment may have to be fetched and built. */
    void supplyBootFiles() {
        try {
            keep(BootFileProcess.start(data, configuration.updates()));
        } catch (IOException e) {
            LOG.error("the boot files cannot be prepared: {}; free memory, and start the server again", e.getMessage());
        }
    }

    /** The order is of use: what is asked stands before those who ask, the engine's port before a PC is told of it. */
    private void open() throws IOException {
        data.create();
        String apiToken = data.apiToken();
        // The database and the certificate take the longest; neither needs the other.
        CompletableFuture<ServerCertificate> making = CompletableFuture.supplyAsync(this::certificate);
        Database database = keep(database());
        ServerCertificate certificate = join(making);
        ImageStore images = keep(store());
        Unpacked.sweep(data.spool()); // nobody else has the store, nor the spool
        TransactionLog log = new TransactionLog(database.journal(), database.devices());
        Repositories repositories = database.repositories(keep(NewestImages.of(images)));
        Settings settings = configuration.settings();
        Decisions policy = new Decisions(repositories, database.policy()::book, settings);
        BootDecisions decisions = new RecordedDecisions(policy, database.journal(), log);
        ImageJobs jobs = keep(new ImageJobs(CLOCK));
        Sites sites = keep(Sites.of(configuration.images().peers(), images, jobs, data.pulls(), CLOCK));
        Streams streams = keep(new Streams(configuration.multicast(), images));
        Vault vault = new Vault(data.path());
        WorkDesk desk = new WorkDesk(policy, database, log, images, vault, sites, Optional.of(streams));

        Access people = new Access(
                database.accounts(),
                apiToken,
                configuration.access(),
                name -> database.policy().book().groups().find(name).map(Group::id));
        access = people;
        PersonAtThePc person = new PersonAtThePc(people, database, settings);
        Preboot preboot = preboot(decisions, person, certificate, log);
        BootFiles files = BootRoot.open(data.boot(), configuration.ignoreCase(), List.of(preboot));
        ImageCare care = new ImageCare(images, database.works(), Plans.of(database), database.alarms(), CLOCK, sites);
        Api api = keep(new Api(new Api.Parts(
                database,
                desk,
                care,
                jobs,
                vault,
                data.spool(),
                policy,
                settings,
                people,
                CLOCK,
                sites,
                Pace.of(configuration.images().serveMegabits()))));
        ManualDesk manual = new ManualDesk(person, database, images, sites);
        web(certificate, new EnginePort(database.journal(), desk, manual, care, CLOCK), api);
        if (!apiOnly) {
            lookAfter(care, jobs, sites, database.alarms());
            SilentEngines silent = new SilentEngines(database, desk, log, CLOCK.instant());
            keep(Starter.start(
                    database, new WakeOnLan(), Duration.ofDays(configuration.transactionDays()), silent::look, CLOCK));
            bootFiles(files, preboot, log);
            firmware(decisions, log);
        }
        data.publishApi("http://127.0.0.1:" + configuration.ports().api());
    }

    private ImageStore store() throws IOException {
        Optional<S3Settings> s3 = configuration.images().s3();
        return s3.isPresent() ? S3Store.open(s3.get(), data.spool()) : DiskStore.openBesideDatabase(data.images());
    }

    private Preboot preboot(
            BootDecisions decisions, PersonAtThePc person, ServerCertificate certificate, TransactionLog log) {
        return new Preboot(
                decisions,
                person,
                new ScriptSettings(
                        configuration.menu().title(),
                        configuration.menu().seconds(),
                        configuration.ports().http(),
                        configuration.ports().engine(),
                        certificate.fingerprint()),
                () -> Files.isRegularFile(data.boot().resolve("environment/updates.cpio.zst")),
                mac -> log.isHotkeyPressed(mac, CLOCK.instant()),
                CLOCK);
    }

    /** Of images, whatever is asked for meanwhile. */
    private void lookAfter(ImageCare care, ImageJobs jobs, Sites sites, Alarms alarms) throws IOException {
        keep(Rounds.start(sites, jobs, alarms, CLOCK, ZoneId.systemDefault()));
        if (configuration.images().nightly().isPresent()) {
            keep(NightWatch.start(
                    care,
                    jobs,
                    configuration.images().nightly().get(),
                    new NightWatch.Rounds(
                            configuration.images().verifyPercent(),
                            configuration.images().packLevel()),
                    CLOCK,
                    ZoneId.systemDefault(),
                    data.clock()));
        }
    }

    private void web(ServerCertificate certificate, HttpHandler engine, Api api) throws IOException {
        Configuration.Ports ports = configuration.ports();
        Configuration.Api network = configuration.api();
        keep(WebServer.start(
                ports.engine(),
                ports.api(),
                new WebServer.Doors(
                        apiOnly ? Optional.empty() : Optional.of(engine),
                        certificate.sslContext(),
                        ApiPort.onLoopback(api),
                        network.listen()
                                .map(address ->
                                        new WebServer.Network(address, network.port(), ApiPort.onNetwork(api))))));
        String https = " (HTTPS, pin " + certificate.fingerprint() + ")";
        if (!apiOnly) {
            listeners.add(new Listener("TCP " + ports.engine(), "imaging engines" + https));
        }
        listeners.add(new Listener("127.0.0.1 TCP " + ports.api(), "this host's command line"));
        network.listen()
                .ifPresent(address -> listeners.add(
                        new Listener(address + " TCP " + network.port(), "API for signed-in users" + https)));
    }

    /** For the one who starts the server the first time; told once. PCs are answered also while it cannot be kept. */
    Optional<String> firstPassword() {
        try {
            return Objects.requireNonNull(access).firstPassword(CLOCK.instant());
        } catch (DatabaseUnreachable e) {
            LOG.error(
                    "the first administrator cannot be made: {}; see that it has room and answers, and start the server again",
                    e.getMessage());
            return Optional.empty();
        }
    }

    private void bootFiles(BootFiles files, Preboot preboot, TransactionLog log) throws IOException {
        Configuration.Ports ports = configuration.ports();
        TransferEvents transfers = keep(new TransferEvents(log, clients, CLOCK));
        keep(TftpServer.start(TftpSettings.DEFAULT.withPort(ports.tftp()), files, transfers::tftp));
        listeners.add(new Listener("UDP " + ports.tftp(), "boot files (TFTP)"));
        PrebootHandler questions = new PrebootHandler(preboot);
        keep(HttpServer.start(
                Ipv4Address.ANY,
                ports.http(),
                files,
                Map.of("/preboot", questions, "/preboot/menu", questions),
                transfers::http));
        listeners.add(new Listener("TCP " + ports.http(), "boot files and the preboot client's questions (HTTP)"));
    }

    private void firmware(BootDecisions decisions, TransactionLog log) throws IOException {
        Configuration.Ports ports = configuration.ports();
        ProxyDhcpServer proxy = keep(ProxyDhcpServer.start(
                new ProxyDhcpServer.Listening(
                        ports.dhcp(),
                        ports.proxyDhcp(),
                        configuration.interfaces(),
                        configuration.proxyDhcp().holdDhcpPort()),
                configuration.database().isPresent()
                        ? configuration.proxyDhcp().besideOthers()
                        : configuration.proxyDhcp(),
                decisions,
                log,
                clients,
                CLOCK));
        if (proxy.hearsBroadcasts()) {
            listeners.add(new Listener(
                    "UDP " + ports.dhcp(),
                    proxy.holdsDhcpPort()
                            ? "proxy DHCP, beside the network's DHCP server"
                            : "proxy DHCP, beside any DHCP server (the port is heard, not taken)"));
        }
        listeners.add(new Listener("UDP " + ports.proxyDhcp(), "proxy DHCP, for clients that were sent here"));
        try {
            keep(OfferWatch.start(
                    configuration.interfaces(), configuration.database().isPresent(), clients, log, CLOCK, proxy));
        } catch (SocketFailure e) {
            LOG.warn("whether another server wants to boot the same PCs will not be told: {}", e.getMessage());
        }
        if (proxy.hearsBroadcasts()) {
            watchFirewall(proxy);
        }
        if (configuration.routerAdvertisements()) {
            try {
                keep(RouterAdvertisements.start(configuration.interfaces(), clients::hasRecent, CLOCK));
                listeners.add(
                        new Listener("ICMPv6", "router solicitations of preboot clients, while no router answers"));
            } catch (SocketException e) {
                throw new SocketException("the interfaces cannot be listed: " + e.getMessage());
            }
        }
    }

    private void watchFirewall(ProxyDhcpServer proxy) {
        Configuration.Ports ports = configuration.ports();
        List<String> others = List.of(
                ports.proxyDhcp() + "/udp",
                ports.tftp() + "/udp",
                ports.http() + "/tcp",
                ports.engine() + "/tcp",
                OfferWatch.CLIENT_PORT + "/udp");
        try {
            keep(FirewallWatch.start(ports.dhcp(), proxy::hearsBroadcastsOn, others, proxy::hasHeard));
        } catch (SocketFailure e) {
            LOG.debug("whether this host's firewall drops what PCs broadcast will not be told", e);
        }
    }

    private Database database() {
        try {
            Storage storage = configuration
                    .database()
                    .<Storage>map(shared -> shared)
                    .orElseGet(() -> new Storage.Embedded(data.database()));
            return Database.open(storage, CLOCK.instant());
        } catch (DatabaseFailure e) {
            throw new OperatorError(String.valueOf(e.getMessage()), e.cure(), e);
        }
    }

    private ServerCertificate certificate() {
        try {
            return ServerCertificate.ensure(data.tls(), CLOCK.instant());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerCertificate join(CompletableFuture<ServerCertificate> making) throws IOException {
        try {
            return making.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failure) {
                throw failure.getCause();
            }
            throw e;
        }
    }

    private <P extends AutoCloseable> P keep(P part) {
        parts.push(part);
        return part;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("{} did not close cleanly", part.getClass().getSimpleName(), e);
            }
        }
    }
}
