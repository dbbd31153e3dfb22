package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Storage;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.table.TableSectors;
import firstlight.server.images.OtherSites;
import firstlight.server.imaging.ServerCertificate;
import firstlight.server.sites.Hours;
import firstlight.server.sites.PeerSettings;
import firstlight.server.sites.PeerState;
import io.undertow.Undertow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Server b pulls from server a: two whole APIs, over real HTTPS on loopback, with a wire between that can be cut. */
class TwoServersTest {
    private static final boolean MATRIX = "all".equals(System.getProperty("firstlight.matrix"));

    private static final int FRAME = Chunk.SIZE; // random content does not shrink

    @TempDir
    private Path directory;

    private ServerCertificate certificate;
    private String token;
    private ApiServer a;
    private Undertow door;
    private CutWire wire;
    private ApiServer b;

    @BeforeEach
    void start() throws Exception {
        a = new ApiServer(Files.createDirectories(directory.resolve("a")), 50);
        certificate = ServerCertificate.ensure(directory.resolve("tls"), Instant.now());
        door = Undertow.builder()
                .addHttpsListener(0, "127.0.0.1", certificate.sslContext(), ApiPort.onNetwork(a.api))
                .build();
        door.start();
        wire = new CutWire(
                ((InetSocketAddress) door.getListenerInfo().getFirst().getAddress()).getPort());
        done(a, "POST", "/users", "{'name': 'site-b', 'role': 'peer'}");
        token = done(a, "POST", "/tokens", "{'name': 'b', 'user': 'site-b'}")
                .path("secret")
                .stringValue();
        Files.createDirectories(directory.resolve("b"));
        b = serverB(peer("main", certificate.fingerprint(), token));
    }

    @AfterEach
    void stop() throws Exception {
        b.close();
        wire.close();
        door.stop();
        a.close();
    }

    private PeerSettings peer(String name, String pin, String secret) {
        URI url = URI.create("https://localhost:" + wire.port());
        return new PeerSettings(name, url, pin, secret, List.of(), Hours.ALWAYS, 0, true);
    }

    private ApiServer serverB(PeerSettings... peers) throws IOException {
        Path folder = directory.resolve("b");
        return new ApiServer(new Storage.Embedded(folder.resolve("database")), folder, 50, List.of(peers));
    }

    private static JsonNode done(ApiServer server, String method, String path, String body) throws Exception {
        ApiServer.Reply reply = server.call(method, path, body);
        assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
        return reply.text().isEmpty() ? Json.object() : reply.json();
    }

    private JsonNode started(String body) throws Exception {
        return done(b, "POST", "/image-jobs", body);
    }

    private JsonNode job(String body) throws Exception {
        return ended(b, started(body));
    }

    private static JsonNode ended(ApiServer server, JsonNode begun) throws Exception {
        JsonNode job = begun;
        while (job.path("state").stringValue().equals("running")) {
            Thread.onSpinWait();
            job = done(server, "GET", "/image-jobs/" + begun.path("job").asString(), "");
        }
        return job;
    }

    static void publish(ImageStore store, String image, int... seeds) throws IOException {
        publish(Chunk.SIZE, store, image, seeds);
    }

    private static void publish(int size, ImageStore store, String image, int... seeds) throws IOException {
        ChunkTable.Builder chunks = new ChunkTable.Builder(seeds.length, size);
        for (int i = 0; i < seeds.length; i++) {
            byte[] content = new byte[size];
            new Random(seeds[i]).nextBytes(content);
            ChunkId id = ChunkId.of(content, 0, content.length);
            chunks.set(i, id);
            try (ChunkCodec codec = new ChunkCodec(1)) {
                store.sink().put(List.of(codec.pack(id, content, 0, content.length)));
            }
        }
        long length = (long) seeds.length * size;
        Content content = new Content.Blocks(Content.Method.RAW, Extents.of(0, length), chunks.build());
        DiskImage disk = new DiskImage(length, 512, TableSectors.NONE, List.of(new Region(0, 0, length, "", content)));
        Instant made = Instant.parse("2026-11-22T10:00:00Z").plusSeconds(seeds[0]);
        store.publish(new ImageName(image), new Manifest(made, "test", List.of(disk), List.of()));
    }

    private static int[] seeds(int count) {
        return IntStream.rangeClosed(1, count).toArray();
    }

    private ImageVersion at(ApiServer server, String image, int number) throws IOException {
        return server.images.find(new ImageName(image), number).orElseThrow();
    }

    /** As a disk with terabytes in use has them: six batches of them. */
    @Test
    void aVersionWithTheLargestChunksComesToo() throws Exception {
        publish(Chunk.LARGEST, a.images, "office", seeds(21));
        JsonNode job = job("{'kind': 'pull', 'image': 'office'}");
        assertThat(job.path("text").stringValue()).contains("21 of its 21 chunks travelled");
        assertThat(b.images.open(at(b, "office", 1)).chunkSize()).isEqualTo(Chunk.LARGEST);
        assertThat(job("{'kind': 'verify', 'image': 'office@1'}").path("text").stringValue())
                .contains("is sound");
    }

    @Test
    void aVersionComesWithItsNumberItsNotesAndOnlyTheChunksThatAreMissing() throws Exception {
        publish(a.images, "office", 1, 2, 3);
        publish(a.images, "office", 2, 3, 4);
        done(a, "PATCH", "/images/office/2", "{'note': 'with Office', 'tag': ['golden'], 'protected': true}");
        publish(b.images, "lab", 2, 3);
        JsonNode job = job("{'kind': 'pull', 'image': 'office@golden'}");
        assertThat(job.path("text").stringValue()).contains("office@2 is here, from main: 1 of its 3 chunks travelled");
        ImageVersion pulled = at(b, "office", 2);
        assertThat(b.images.encoded(pulled)).isEqualTo(a.images.encoded(at(a, "office", 2)));
        assertThat(pulled.notes().note()).isEqualTo("with Office");
        assertThat(pulled.notes().tags()).containsExactly("golden");
        assertThat(pulled.notes().kept()).isFalse();
        assertThat(pulled.notes().history()).hasSize(2);
        assertThat(pulled.notes().history().getFirst().who()).isEqualTo("main: local");
        assertThat(pulled.notes().history().getLast().what())
                .contains("pulled from main", pulled.digest().toHex());
        assertThat(job("{'kind': 'verify', 'image': 'office@2'}").path("state").stringValue())
                .isEqualTo("done");
        assertThat(job("{'kind': 'pull', 'image': 'office@2', 'from': 'main'}")
                        .path("text")
                        .stringValue())
                .contains("here already");
        assertThat(done(a, "GET", "/audit", "").toString()).contains("image.pulled", "site-b", "office@2");
        assertThat(job("{'kind': 'pull', 'all': true}").path("text").stringValue())
                .contains("1 versions came");
        assertThat(b.images.list()).hasSize(3);
    }

    @Test
    void aNameThatIsAnotherVersionHereIsNeverOverwritten() throws Exception {
        publish(a.images, "office", 1, 2);
        publish(b.images, "office", 7);
        ImageVersion mine = at(b, "office", 1);
        JsonNode job = job("{'kind': 'pull', 'image': 'office'}");
        assertThat(job.path("state").stringValue()).isEqualTo("failed");
        assertThat(job.path("text").stringValue())
                .contains(
                        "office@1 differs",
                        mine.digest().toHex(),
                        at(a, "office", 1).digest().toHex());
        assertThat(job.path("cure").stringValue()).contains("--as NAME");
        assertThat(at(b, "office", 1)).isEqualTo(mine);
        assertThat(done(b, "GET", "/image-peers", "").toString()).contains("\"here\":\"differs\"");
        job("{'kind': 'pull', 'image': 'office', 'as': 'office-main'}");
        assertThat(at(b, "office-main", 1).digest())
                .isEqualTo(at(a, "office", 1).digest());
    }

    @Test
    void aTokenOfAPeerReadsImagesAndNothingElse() throws Exception {
        publish(a.images, "office", 1);
        for (String path : List.of("/images", "/images/office", "/images/office/1", "/images/office/1/manifest")) {
            assertThat(a.as(token, "GET", path, "").status()).as(path).isEqualTo(200);
        }
        for (String path : List.of(
                "/devices", "/users", "/tokens", "/work", "/transactions", "/audit", "/images/office/1/export")) {
            assertThat(a.as(token, "GET", path, "").status()).as(path).isEqualTo(403);
        }
        assertThat(a.as(token, "PATCH", "/images/office/1", "{'note': 'x'}").status())
                .isEqualTo(403);
        assertThat(a.as(token, "POST", "/tokens", "{'name': 'x'}").status()).isEqualTo(403);
        done(a, "POST", "/users", "{'name': 'vera', 'role': 'viewer', 'password': 'long enough'}");
        String viewer = done(a, "POST", "/tokens", "{'name': 'v', 'user': 'vera'}")
                .path("secret")
                .stringValue();
        assertThat(a.as(viewer, "GET", "/images/office/1/manifest", "").status())
                .isEqualTo(403);
        assertThat(a.as(viewer, "POST", "/image-chunks", "x".repeat(32)).status())
                .isEqualTo(403);
    }

    @Test
    void aWrongPinAWrongTokenAndAnUnknownServerAreToldWithTheCure() throws Exception {
        publish(a.images, "office", 1);
        b.close();
        b = serverB(peer("main", "0".repeat(64), token), peer("other", certificate.fingerprint(), "flt_wrong"));
        JsonNode pin = job("{'kind': 'pull', 'image': 'office', 'from': 'main'}");
        assertThat(pin.path("text").stringValue()).contains("another certificate", certificate.fingerprint());
        assertThat(pin.path("cure").stringValue()).contains("images.peers");
        JsonNode secret = job("{'kind': 'pull', 'image': 'office', 'from': 'other'}");
        assertThat(secret.path("text").stringValue()).contains("does not know our token");
        assertThat(secret.path("cure").stringValue()).contains("firstlight token add");
        assertThat(job("{'kind': 'pull', 'image': 'office', 'from': 'nowhere'}")
                        .path("text")
                        .stringValue())
                .contains("no server 'nowhere'", "main, other");
        assertThat(job("{'kind': 'pull', 'image': 'office'}").path("text").stringValue())
                .contains("No other server has office@latest", "another certificate");
        b.close();
        b = serverB();
        assertThat(job("{'kind': 'pull', 'image': 'office'}").path("text").stringValue())
                .contains("No other server can be asked for office", "the configuration names none");
        assertThat(b.images.list()).isEmpty();
    }

    @Test
    void aConnectionThatIsCutIsTriedAgainAndGoesOn() throws Exception {
        publish(a.images, "office", seeds(200));
        wire.cutAfter(90L * FRAME);
        JsonNode job = job("{'kind': 'pull', 'image': 'office'}");
        assertThat(job.path("text").stringValue()).contains("200 of its 200 chunks");
        assertThat(job("{'kind': 'verify', 'image': 'office'}").path("state").stringValue())
                .isEqualTo("done");
    }

    @Test
    @Timeout(240)
    void whateverGoesOnAtBothWhileTheWireIsCutWhatWasPulledIsWholeAndTheSame() throws Exception {
        long seed = Long.getLong("firstlight.seed", System.nanoTime() & 0xFFFF_FFFFL);
        long end = System.nanoTime() + 1_000_000_000L * (MATRIX ? 60 : 3);
        PullTorture torture = new PullTorture(a.images, b.images, wire, seed);
        torture.start();
        while (System.nanoTime() < end || wire.cuts() == 0) {
            assertThat(job("{'kind': 'pull', 'all': true}").toString())
                    .as("seed %d", seed)
                    .doesNotContain("Exception");
            assertNothingHalf(seed);
        }
        assertThat(torture.stop()).as("seed %d", seed).isEmpty();
        assertThat(wire.cuts()).as("seed %d", seed).isPositive();
        wire.cutAfter(Long.MAX_VALUE / 2);
        JsonNode last = job("{'kind': 'pull', 'all': true}");
        assertThat(last.path("state").stringValue())
                .as("seed %d, %s", seed, last)
                .isEqualTo("done");
        b.close();
        b = serverB(peer("main", certificate.fingerprint(), token));
        for (ImageVersion version : a.images.list()) {
            ImageVersion pulled = at(b, version.image().text(), version.number());
            assertThat(b.images.encoded(pulled)).as("seed %d", seed).isEqualTo(a.images.encoded(version));
        }
        assertNothingHalf(seed);
    }

    private void assertNothingHalf(long seed) throws IOException {
        for (ImageVersion version : b.images.list()) {
            assertThat(version.damage()).as("seed %d", seed).isEmpty();
            assertThat(b.images.verify(version, Progress.SILENT))
                    .as("seed %d, %s", seed, version.name())
                    .isEmpty();
        }
    }

    @Test
    void aServerThatStopsInTheMiddleGoesOnWhereItWasAndNothingHalfIsSeen() throws Exception {
        publish(a.images, "office", seeds(300));
        wire.stopAfter(200L * FRAME);
        started("{'kind': 'pull', 'image': 'office'}");
        wire.awaitStop();
        assertThat(b.images.list()).isEmpty();
        b.close(); // what the wire held back is lost
        wire.close();
        wire = new CutWire(
                ((InetSocketAddress) door.getListenerInfo().getFirst().getAddress()).getPort());
        b = serverB(peer("main", certificate.fingerprint(), token));
        assertThat(b.images.list()).isEmpty();
        assertThat(PeerState.all(b.sites).getFirst().versions())
                .extracting(PeerState.Version::here)
                .containsExactly(PeerState.Here.UNFINISHED);
        assertThat(job("{'kind': 'collect'}").path("state").stringValue()).isEqualTo("done");
        assertThat(job("{'kind': 'pull', 'image': 'office'}").path("state").stringValue())
                .isEqualTo("done");
        assertThat(wire.octets()).isLessThan(250L * FRAME);
        assertThat(job("{'kind': 'verify', 'image': 'office'}").path("state").stringValue())
                .isEqualTo("done");
        try (var left = Files.list(directory.resolve("b/pulls"))) {
            assertThat(left).isEmpty();
        }
    }

    /** Flips a bit of the last chunk that the store holds. */
    private static void damage(Path store) throws IOException {
        Path pack = store.resolve("packs/00000001.pack");
        byte[] octets = Files.readAllBytes(pack);
        octets[octets.length - 1000] ^= 1;
        Files.write(pack, octets);
    }

    @Test
    void aChunkThatComesDamagedIsNotTakenAndTheVersionIsNotSeen() throws Exception {
        publish(a.images, "office", 1, 2, 3);
        damage(directory.resolve("a/images"));
        JsonNode job = job("{'kind': 'pull', 'image': 'office'}");
        assertThat(job.path("state").stringValue()).isEqualTo("failed");
        assertThat(job.path("text").stringValue()).contains("office@1 cannot be pulled", "comes damaged from main");
        assertThat(job.path("cure").stringValue()).contains("verify");
        assertThat(b.images.list()).isEmpty();
        publish(a.images, "lab", 3); // a has it whole again
        assertThat(ended(a, done(a, "POST", "/image-jobs", "{'kind': 'verify', 'image': 'office'}"))
                        .path("state")
                        .stringValue())
                .isEqualTo("failed");
        publish(a.images, "lab", 3);
        assertThat(job("{'kind': 'pull', 'image': 'office'}").path("text").stringValue())
                .contains("1 of its 3 chunks travelled");
    }

    @Test
    void aDamagedChunkIsHealedFromTheOtherServerAndAnAlarmSaysSo() throws Exception {
        publish(a.images, "office", 1, 2, 3);
        job("{'kind': 'pull', 'image': 'office'}");
        damage(directory.resolve("b/images"));
        JsonNode job = job("{'kind': 'verify', 'image': 'office'}");
        assertThat(job.path("text").stringValue()).contains("office@1: 1 damaged chunks, all healed from main");
        assertThat(job.path("details").path(0).stringValue()).contains("disk 1", "healed from main");
        assertThat(job.path("state").stringValue()).isEqualTo("done");
        assertThat(done(b, "GET", "/alarms", "").toString()).contains("all healed from main");
        assertThat(job("{'kind': 'verify', 'image': 'office'}").path("text").stringValue())
                .contains("is sound");

        publish(b.images, "own", 9);
        damage(directory.resolve("b/images"));
        JsonNode own = job("{'kind': 'verify', 'image': 'own'}");
        assertThat(own.path("state").stringValue()).isEqualTo("failed");
        assertThat(own.path("text").stringValue()).contains("1 damaged chunks, not healed");
        assertThat(own.path("details").path(0).stringValue()).contains("main does not have it");
    }

    /** Flips a bit in the middle of a version's manifest. */
    private void damageManifest(String image) throws IOException {
        Path file = directory.resolve("b/images/manifests/" + image + "/1.manifest");
        byte[] octets = Files.readAllBytes(file);
        octets[octets.length / 2] ^= 1;
        Files.write(file, octets);
    }

    @Test
    void aDamagedManifestIsNamedAndHealedFromTheServerThatHasTheSameVersion() throws Exception {
        publish(a.images, "office", 1, 2, 3);
        job("{'kind': 'pull', 'image': 'office'}");
        for (boolean restarted : new boolean[] {false, true}) {
            damageManifest("office");
            if (restarted) { // then nothing but the file tells which version it was
                b.close();
                b = serverB(peer("main", certificate.fingerprint(), token));
                assertThat(at(b, "office", 1).damage()).isNotEmpty();
            }
            JsonNode job = job("{'kind': 'verify', 'image': 'office'}");
            assertThat(job.path("text").stringValue())
                    .contains("office@1: its manifest is damaged (its SHA-256", "healed from main", "is sound");
            assertThat(job.path("state").stringValue()).isEqualTo("done");
            assertThat(done(b, "GET", "/alarms", "").toString()).contains("its manifest is damaged");
            assertThat(at(b, "office", 1).digest()).isEqualTo(at(a, "office", 1).digest());
            assertThat(job("{'kind': 'verify', 'image': 'office'}").path("text").stringValue())
                    .startsWith("office@1 is sound");
        }
    }

    @Test
    void aManifestWhoseFileIsGoneIsHealedByAVerificationOrAPull() throws Exception {
        publish(a.images, "office", 1, 2, 3);
        job("{'kind': 'pull', 'image': 'office'}");
        for (String kind : new String[] {"verify", "pull"}) {
            Files.delete(directory.resolve("b/images/manifests/office/1.manifest"));
            b.close();
            b = serverB(peer("main", certificate.fingerprint(), token));
            assertThat(at(b, "office", 1).damage()).contains("is not there");
            JsonNode job = job("{'kind': '" + kind + "', 'image': 'office'}");
            assertThat(job.path("state").stringValue()).as(job.toString()).isEqualTo("done");
            assertThat(at(b, "office", 1).damage()).isEmpty();
            assertThat(at(b, "office", 1).digest()).isEqualTo(at(a, "office", 1).digest());
        }
    }

    @Test
    void aManifestOfTheSameNameAndNumberIsNotTakenForADamagedOneThatWasAnother() throws Exception {
        publish(a.images, "own", 1);
        publish(b.images, "own", 9);
        damageManifest("own");
        b.close();
        b = serverB(peer("main", certificate.fingerprint(), token));
        JsonNode job = job("{'kind': 'verify', 'image': 'own'}");
        assertThat(job.path("state").stringValue()).isEqualTo("failed");
        assertThat(job.path("text").stringValue())
                .contains("not healed: main", "cannot be told to be the same version");
        assertThat(at(b, "own", 1).damage()).isNotEmpty();
    }

    @Test
    void workThatNamesAnImageOfAnotherServerIsTakenAndTheImageComesAhead() throws Exception {
        publish(a.images, "office", 1, 2);
        b.device("pc1", "52:54:00:00:00:01", "x");
        done(b, "POST", "/work", "{'devices': ['pc1'], 'task': {'kind': 'restore', 'image': 'office'}}");
        OtherSites.Supply supply = b.sites.supply(new ImageName("office"), 0);
        while (supply instanceof OtherSites.Supply.Coming coming) {
            assertThat(coming.what()).isEqualTo("office@1 comes from main");
            assertThat(coming.percent()).isBetween(0, 100);
            supply = b.sites.supply(new ImageName("office"), 0);
        }
        assertThat(supply).isEqualTo(new OtherSites.Supply.Here(at(b, "office", 1)));
        ApiServer.Reply refused =
                b.call("POST", "/work", "{'devices': ['pc1'], 'task': {'kind': 'restore', 'image': 'lab'}}");
        assertThat(refused.json().path("detail").stringValue()).contains("there is no image 'lab' here, nor at main");
        wire.close();
        door.stop();
        b.now = b.now.plusSeconds(60);
        refused = b.call("POST", "/work", "{'devices': ['pc1'], 'task': {'kind': 'restore', 'image': 'lab'}}");
        assertThat(refused.json().path("detail").stringValue()).contains("main", "does not answer");
    }
}
