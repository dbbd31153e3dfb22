package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Database;
import firstlight.database.Storage;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.table.TableSectors;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.NewDevices;
import firstlight.policy.Registration;
import firstlight.policy.Settings;
import firstlight.policy.level.Group;
import firstlight.policy.level.NamingPattern;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import firstlight.server.access.Access;
import firstlight.server.access.AccessSettings;
import firstlight.server.boots.TransactionLog;
import firstlight.server.images.ImageCare;
import firstlight.server.images.ImageJobs;
import firstlight.server.images.Plans;
import firstlight.server.imaging.WorkDesk;
import firstlight.server.sites.Pace;
import firstlight.server.sites.PeerSettings;
import firstlight.server.sites.Sites;
import firstlight.server.vault.Vault;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** The whole API on two loopback ports, with a real database. Each answer is held against the OpenAPI document. */
final class ApiServer implements AutoCloseable {
    static final String LOCAL = "the-local-token";

    Instant now = Instant.parse("2026-11-22T10:00:00Z");
    final Database database;
    final ImageStore images;
    final Access access;
    final Sites sites;
    final WorkDesk desk;
    final Api api;
    private final ImageJobs jobs;
    /** Less than an image has, as at a real server. */
    private static final long MOST = 512L << 10;

    private final Undertow undertow;
    private final Document document = new Document();
    private final HttpClient client = HttpClient.newHttpClient();

    record Reply(int status, String type, String text, HttpHeaders headers) {
        JsonNode json() {
            return Json.MAPPER.readTree(text);
        }
    }

    ApiServer(Path directory, int confirmAbove) throws IOException {
        this(TestDatabase.SQLITE, directory, confirmAbove);
    }

    ApiServer(TestDatabase kind, Path directory, int confirmAbove) throws IOException {
        this(kind.fresh(directory), directory, confirmAbove);
    }

    /** One more server may stand on the same storage. */
    ApiServer(Storage storage, Path directory, int confirmAbove) throws IOException {
        this(storage, directory, confirmAbove, List.of());
    }

    /** @param peers servers to pull images from */
    ApiServer(Storage storage, Path directory, int confirmAbove, List<PeerSettings> peers) throws IOException {
        this(
                storage,
                directory,
                new AccessSettings(confirmAbove, Duration.ofHours(12), Optional.empty(), Optional.empty()),
                peers);
    }

    ApiServer(Storage storage, Path directory, AccessSettings people, List<PeerSettings> peers) throws IOException {
        database = Database.open(storage, now);
        images = DiskStore.open(directory.resolve("images"));
        Settings settings = new Settings(NewDevices.REGISTER, "Press F8", PolicyValues.NONE, Limits.NONE);
        Decisions decisions = new Decisions(
                database.repositories(_ -> OptionalInt.empty()),
                () -> database.policy().book(),
                settings);
        TransactionLog log = new TransactionLog(database.journal(), database.devices());
        jobs = new ImageJobs(() -> now);
        sites = Sites.of(peers, images, jobs, directory.resolve("pulls"), () -> now, _ -> {});
        desk = new WorkDesk(decisions, database, log, images, new Vault(directory), sites, Optional.empty());
        access = new Access(
                database.accounts(),
                LOCAL,
                people,
                name -> database.policy().book().groups().find(name).map(Group::id));
        ImageCare care =
                new ImageCare(images, database.works(), Plans.of(database), database.alarms(), () -> now, sites);
        api = new Api(new Api.Parts(
                database,
                desk,
                care,
                jobs,
                new Vault(directory),
                directory.resolve("spool"),
                decisions,
                settings,
                access,
                () -> now,
                sites,
                Pace.of(0)));
        undertow = Undertow.builder()
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, MOST)
                .addHttpListener(0, "127.0.0.1", ApiPort.onLoopback(api))
                .addHttpListener(0, "127.0.0.1", ApiPort.onNetwork(api))
                .build();
        undertow.start();
    }

    private String url(int door) {
        int port = ((InetSocketAddress) undertow.getListenerInfo().get(door).getAddress()).getPort();
        return "http://127.0.0.1:" + port;
    }

    URI uri(int door, String path) {
        return URI.create(url(door) + "/api" + path);
    }

    /** Leaves in {@code data} what a server tells the command line of its host: where it is, and the token. */
    void announce(Path data) throws IOException {
        Files.writeString(data.resolve("api-url"), url(0));
        Files.writeString(data.resolve("api-token"), LOCAL);
    }

    /** As this host's command line. */
    Reply call(String method, String path, String body) throws Exception {
        return call(0, LOCAL, method, path, body);
    }

    /** The same, which does what it is to do. */
    JsonNode done(String method, String path, String body) throws Exception {
        Reply reply = call(method, path, body);
        assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
        return reply.text().isEmpty() ? Json.object() : reply.json();
    }

    /** From the network, with a secret; quotes may be written as apostrophes. */
    Reply as(String secret, String method, String path, String body) throws Exception {
        return call(1, secret, method, path, body);
    }

    private Reply call(int door, String secret, String method, String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(uri(door, path.replace(" ", "%20")))
                .header("Authorization", "Bearer " + secret)
                .method(
                        method,
                        HttpRequest.BodyPublishers.ofString(body.startsWith("{") ? body.replace('\'', '"') : body)));
    }

    Reply send(HttpRequest.Builder builder) throws Exception {
        HttpRequest request = builder.build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        Reply reply = new Reply(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body(),
                response.headers());
        List<String> segments =
                List.of(request.uri().getPath().substring("/api/".length()).split("/"));
        try {
            Route route = api.router().find(request.method(), segments).route();
            document.judge(route, reply.status(), reply.type(), reply.text());
        } catch (ApiProblem noSuchRoute) {
            // then the answer says so, in its own words
        }
        return reply;
    }

    Device device(String name, String mac, String model) {
        Facts facts = Facts.NONE.with(FactName.MAC, mac).with(FactName.MODEL, model);
        return database.devices()
                .register(
                        new NewDevice(
                                facts, Registration.REGISTERED, Group.NONE, Optional.of(name), NamingPattern.USUAL, ""),
                        now);
    }

    /** A new version of an image of an empty disk. */
    void image(String name) throws IOException {
        DiskImage disk = new DiskImage(1 << 20, 512, TableSectors.NONE, List.of());
        images.publish(new ImageName(name), new Manifest(now, "test", List.of(disk), List.of()));
    }

    /** A new version of an add-on that takes one file away. */
    void addOn(String name) throws IOException {
        Content.Blocks nothing =
                new Content.Blocks(Content.Method.RAW, Extents.NONE, new ChunkTable.Builder(0).build());
        AddOn addOn = new AddOn(PartitionChoice.SYSTEM, List.of("old"), List.of(), nothing);
        images.publish(new ImageName(name), Manifest.of(now, "test", addOn, List.of()));
    }

    @Override
    public void close() throws IOException {
        undertow.stop();
        api.close();
        sites.close();
        jobs.close();
        images.close();
        database.close();
    }
}
