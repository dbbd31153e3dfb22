package firstlight.server.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Alarm;
import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Journal;
import firstlight.database.Kept;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.chunk.ChunkWire;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.FileAttributes;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.manifest.Region;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.table.TableSectors;
import firstlight.model.Bytes;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MenuAccess;
import firstlight.model.StageTime;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.LastImage;
import firstlight.policy.NewDevice;
import firstlight.policy.NewDevices;
import firstlight.policy.Registration;
import firstlight.policy.RuleBook;
import firstlight.policy.Settings;
import firstlight.policy.Transactions;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionState;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.server.access.Access;
import firstlight.server.access.AccessSettings;
import firstlight.server.access.PersonAtThePc;
import firstlight.server.boots.TransactionLog;
import firstlight.server.images.ImageCare;
import firstlight.server.images.OtherSites;
import firstlight.server.images.Plans;
import firstlight.server.vault.Vault;
import firstlight.wire.work.Hello;
import firstlight.wire.work.ManualWork;
import firstlight.wire.work.Problem;
import firstlight.wire.work.Progress;
import firstlight.wire.work.Published;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkCodec;
import firstlight.wire.work.WorkOrder;
import io.undertow.Undertow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fake engine against the real endpoints, over TLS on loopback. */
class EnginePortTest {
    private static final Settings SETTINGS =
            new Settings(NewDevices.REGISTER, "Press F8", PolicyValues.NONE, new Limits(1, 0, Duration.ofMinutes(10)));
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final Facts ONE = facts("52:54:00:00:00:01", "aaaaaaaa-0000-0000-0000-000000000001");
    private static final Facts TWO = facts("52:54:00:00:00:02", "aaaaaaaa-0000-0000-0000-000000000002");
    private static final Facts THREE = facts("52:54:00:00:00:03", "aaaaaaaa-0000-0000-0000-000000000003");
    private static final byte[] CONTENT = content(1);

    @TempDir
    private Path directory;

    private Instant now = START;
    private Database database;
    private ImageStore images;
    private Decisions decisions;
    private Undertow undertow;
    private Device one;
    private Device two;
    private FakeEngine engine;
    private final FakeSite others = new FakeSite();

    /** Another server, which has what a test says. */
    private static final class FakeSite implements OtherSites {
        private Supply supply = new Supply.Unavailable("", false);
        private Function<List<ChunkId>, Healed> healing = ids -> Healed.NOTHING;
        private Mends mending = _ -> new Mended.No("");
        private int asked;

        private interface Mends {
            Mended mended(ImageVersion damaged) throws IOException;
        }

        @Override
        public Supply supply(ImageName image, int number) {
            return supply;
        }

        @Override
        public Healed heal(List<ChunkId> damaged) {
            return healing.apply(damaged);
        }

        @Override
        public Mended mend(ImageVersion damaged) throws IOException {
            asked++;
            return mending.mended(damaged);
        }

        @Override
        public void unfinished(boolean mayForget, Consumer<ChunkId> keep) {
            // nothing is
        }
    }

    @BeforeEach
    void start() throws Exception {
        database = Database.open(directory.resolve("database"), now);
        images = DiskStore.open(directory.resolve("images"));
        serve();
        one = database.devices().register(NewDevice.of(ONE, Registration.REGISTERED), now);
        two = database.devices().register(NewDevice.of(TWO, Registration.REGISTERED), now);
    }

    /** Again when {@link #database} was opened anew. */
    private void serve() throws Exception {
        if (undertow != null) {
            undertow.stop();
        }
        decisions = new Decisions(database.repositories(_ -> OptionalInt.empty()), () -> RuleBook.EMPTY, SETTINGS);
        TransactionLog log = new TransactionLog(database.journal(), database.devices());
        WorkDesk desk = new WorkDesk(decisions, database, log, images, new Vault(directory), others, Optional.empty());
        ServerCertificate certificate = ServerCertificate.ensure(directory.resolve("tls"), now);
        undertow = Undertow.builder()
                .addHttpsListener(
                        0,
                        "127.0.0.1",
                        certificate.sslContext(),
                        new EnginePort(
                                database.journal(),
                                desk,
                                new ManualDesk(new AnnaAndTom(), database, images),
                                new ImageCare(
                                        images,
                                        database.works(),
                                        Plans.of(database),
                                        database.alarms(),
                                        () -> now,
                                        others),
                                () -> now))
                .build();
        undertow.start();
        int port = ((InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress()).getPort();
        engine = new FakeEngine(port, certificate);
    }

    @AfterEach
    void stop() throws Exception {
        undertow.stop();
        images.close();
        database.close();
    }

    /** A boot up to the kernel command line: its token. */
    private String boot(Facts facts) {
        now = now.plus(Duration.ofMinutes(2));
        return decisions.prebootAnswer(facts, now).token();
    }

    private WorkOrder hello(String token, Facts facts) throws Exception {
        FakeEngine.Reply reply = engine.post("/engine/hello", token, WorkCodec.encode(new Hello("test", facts)));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return WorkCodec.decodeWorkOrder(reply.body());
    }

    private void capture(String token, Facts facts, byte[] content) throws Exception {
        assertThat(hello(token, facts)).isInstanceOf(WorkOrder.Capture.class);
        ChunkId id = ChunkId.of(content, 0, content.length);
        assertThat(engine.post("/engine/chunks/put", token, put(id, content)).status())
                .isEqualTo(204);
        assertThat(engine.post("/engine/images/room12", token, ManifestCodec.encode(manifest(id)))
                        .status())
                .isEqualTo(200);
        assertThat(engine.post("/engine/result", token, WorkCodec.encode(new Result.Done("captured")))
                        .status())
                .isEqualTo(204);
    }

    private ChunkId published() throws Exception {
        ChunkId id = ChunkId.of(CONTENT, 0, CONTENT.length);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            images.sink().put(List.of(codec.pack(id, CONTENT, 0, CONTENT.length)));
        }
        images.publish(new ImageName("room12"), manifest(id));
        return id;
    }

    private List<String> events(String kind) {
        return database.journal().events(0, 0, 100).stream()
                .filter(event -> event.kind().equals(kind))
                .map(Journal.Event::text)
                .toList();
    }

    @Test
    void anEngineWaitsWhileItsImageComesFromAnotherServerAndIsToldHowFarItIs() throws Exception {
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        for (int percent : new int[] {0, 4, 31, 35}) {
            others.supply = new OtherSites.Supply.Coming("room12@1 comes from main", percent);
            assertThat(hello(token, ONE)).isInstanceOfSatisfying(WorkOrder.Wait.class, wait -> {
                assertThat(wait.seconds()).isEqualTo(5);
                assertThat(wait.heading().reasons())
                        .containsExactly("room12@1 comes from main, " + percent + " % of it is here");
            });
        }
        assertThat(events("image"))
                .containsExactly("room12@1 comes from main", "room12@1 comes from main, 30 % of it is here");
        published();
        assertThat(hello(token, ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Restore.class,
                        restore -> assertThat(restore.version()).isEqualTo(1));
        assertThat(database.works().list(1).getFirst().attempts()).isEqualTo(1);
    }

    @Test
    void theVaultsPassphrasesGoToARestoreOfAnEncryptedImageAndToNoOther() throws Exception {
        new Vault(directory).put("room12", "secret");
        images.publish(new ImageName("laptop"), manifest(published(), "luks"));
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        database.works().assign(two, Task.Restore.of("laptop", 0, List.of()), false, now);
        assertThat(hello(boot(ONE), ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Restore.class,
                        restore -> assertThat(restore.passphrases()).isEmpty());
        now = now.plus(Duration.ofDays(1)); // one restore at a time
        assertThat(hello(boot(TWO), TWO))
                .isInstanceOfSatisfying(
                        WorkOrder.Restore.class,
                        restore -> assertThat(restore.passphrases()).containsExactly("secret"));
    }

    private long group(String name, long parent) {
        return database.policy().addGroup(new Group(0, name, parent, PolicyValues.NONE))
                        instanceof Kept.Done<Group>(Group made)
                ? made.id()
                : Group.NONE;
    }

    @Test
    void aPassphraseThatIsForSomePcsGoesToNoOtherPcsCapture() throws Exception {
        Vault vault = new Vault(directory);
        vault.put("a", "for all");
        vault.put("b", "for the room", List.of("group:ROOM 12"));
        vault.put("c", "for one", List.of("device:" + one.name()));
        long school = group("School", Group.NONE);
        long desk = group("Window", group("Room 12", Group.NONE));
        database.devices().change(one.id(), device -> device.withGroup(school));
        database.devices().change(two.id(), device -> device.withGroup(desk));
        database.works().assign(one, new Task.Capture("one", List.of()), false, now);
        database.works().assign(two, new Task.Capture("two", List.of()), false, now);
        assertThat(hello(boot(ONE), ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        capture -> assertThat(capture.passphrases()).containsExactly("for all", "for one"));
        now = now.plus(Duration.ofDays(1)); // one at a time
        assertThat(hello(boot(TWO), TWO))
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        capture -> assertThat(capture.passphrases()).containsExactly("for all", "for the room"));
    }

    @Test
    void aVaultThatCannotBeReadHoldsUpNoRestore() throws Exception {
        new Vault(directory).put("room12", "secret");
        Files.delete(directory.resolve("vault/key"));
        images.publish(new ImageName("laptop"), manifest(published(), "luks"));
        database.works().assign(one, Task.Restore.of("laptop", 0, List.of()), false, now);
        assertThat(hello(boot(ONE), ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Restore.class,
                        restore -> assertThat(restore.passphrases()).isEmpty());
        assertThat(events("image"))
                .singleElement()
                .asString()
                .contains("laptop@1 may stay as it is: the vault's room12.secret has lost");
    }

    @Test
    void aSecretThatDoesNotFitHoldsUpNoCaptureAndKeepsNoOtherBack() throws Exception {
        Vault vault = new Vault(directory);
        vault.put("one", "good");
        vault.put("two", "of another server");
        Files.write(directory.resolve("vault/two.secret"), new byte[40]);
        database.works().assign(one, new Task.Capture("one", List.of()), false, now);
        assertThat(hello(boot(ONE), ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        capture -> assertThat(capture.passphrases()).containsExactly("good"));
        assertThat(events("image")).singleElement().asString().contains("two.secret", "firstlight vault remove two");
        assertThat(database.alarms().open(9))
                .singleElement()
                .matches(alarm -> alarm.text().contains("the vault's two.secret does not fit its key"));
    }

    @Test
    void whateverOfTheVaultCannotBeReadHoldsUpNoCapture() throws Exception {
        Vault vault = new Vault(directory);
        vault.put("one", "good");
        vault.put("two", "for one", List.of("device:" + one.name()));
        Files.delete(directory.resolve("vault/two.for"));
        Files.createDirectory(directory.resolve("vault/two.for"));
        database.works().assign(one, new Task.Capture("one", List.of()), false, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        capture -> assertThat(capture.passphrases()).containsExactly("good"));
        assertThat(database.alarms().open(9))
                .singleElement()
                .matches(alarm -> alarm.text().contains("the vault's two.secret cannot be read"));

        Files.write(directory.resolve("vault/key"), new byte[0]);
        assertThat(hello(token, ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        capture -> assertThat(capture.passphrases()).isEmpty());
        assertThat(database.alarms().open(9))
                .extracting(Alarm::text)
                .anyMatch(text -> text.contains("one.secret does not fit its key"));
    }

    @Test
    void aCaptureMakesNoKeyForSecretsThatLostTheirs() throws Exception {
        new Vault(directory).put("one", "good");
        Path key = directory.resolve("vault/key");
        Path kept = Files.move(key, directory.resolve("kept"));
        database.works().assign(one, new Task.Capture("one", List.of()), false, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        capture -> assertThat(capture.passphrases()).isEmpty());
        assertThat(key).doesNotExist();
        Files.move(kept, key);
        assertThat(hello(token, ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        capture -> assertThat(capture.passphrases()).containsExactly("good"));
    }

    @Test
    void aServerThatIsSilentIsAskedForAMinuteAndThenTheWorkFailsWithTheCause() throws Exception {
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        others.supply = new OtherSites.Supply.Unavailable("and main does not answer: Connection refused", true);
        for (int asked = 0; asked < 12; asked++) {
            assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Wait.class);
        }
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.NoWork.class);
        assertThat(database.works().list(1).getFirst().outcome())
                .isEqualTo("there is no image 'room12' in the store, and main does not answer: Connection refused");
    }

    private void damage() throws IOException {
        Path pack = directory.resolve("images/packs/00000001.pack");
        byte[] octets = Files.readAllBytes(pack);
        octets[octets.length - 1] ^= 1;
        Files.write(pack, octets);
    }

    /** A pull that fails is begun anew by whoever asks next, and so the PC waited for ever. */
    @Test
    void aPullThatFailsAgainAndAgainWithoutComingFurtherEndsTheWork() throws Exception {
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        for (int percent : new int[] {3, 30}) {
            for (int failed = 0; failed < 12; failed++) {
                others.supply = new OtherSites.Supply.Coming("room12@1 comes from main", failed == 0 ? percent : 0);
                assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Wait.class);
                others.supply = new OtherSites.Supply.Unavailable("but the store is full", true);
                assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Wait.class);
            }
        }
        others.supply = new OtherSites.Supply.Coming("room12@1 comes from main", 30);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Wait.class);
        others.supply = new OtherSites.Supply.Unavailable("but the store is full", true);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.NoWork.class);
        assertThat(database.works().list(1).getFirst().outcome())
                .isEqualTo("there is no image 'room12' in the store, but the store is full");
    }

    /** The PC that asks next hears of it, and of a room's thirty each waited for twelve of its own. */
    @Test
    void whatBreaksOffForOnePcCountsForAllThatWaitForTheSame() throws Exception {
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        for (int failed = 40; failed <= 52; failed++) {
            others.supply = new OtherSites.Supply.Coming(
                    "room12@1 comes from main", 3, 100, new OtherSites.Supply.Failed(failed, "but the store is full"));
            assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Wait.class);
        }
        others.supply = new OtherSites.Supply.Coming(
                "room12@1 comes from main", 3, 100, new OtherSites.Supply.Failed(53, "but the store is full"));
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.NoWork.class);
        assertThat(database.works().list(1).getFirst().outcome())
                .isEqualTo("there is no image 'room12' in the store, but the store is full");
    }

    @Test
    void aPullThatComesFurtherByLessThanAHundredthIsWaitedFor() throws Exception {
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        for (int failed = 1; failed < 40; failed++) {
            others.supply = new OtherSites.Supply.Coming(
                    "room12@1 comes from main",
                    failed * 1_000_000_000L,
                    4_000_000_000_000L,
                    new OtherSites.Supply.Failed(failed - 1, "but main does not answer"));
            assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Wait.class);
            others.supply = new OtherSites.Supply.Unavailable("but main does not answer", true, failed);
            assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Wait.class);
        }
    }

    @Test
    void aChunkThatCameDamagedIsHealedAndServedOrItsLossIsTold() throws Exception {
        ChunkId id = published();
        damage();
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        hello(token, ONE);
        assertThat(engine.post("/engine/chunks/get", token, ChunkWire.ids(List.of(id)))
                        .status())
                .isEqualTo(200); // whoever unpacks it sees the damage
        FakeEngine.Reply lost = engine.post("/engine/chunks/again", token, ChunkWire.ids(List.of(id)));
        assertThat(lost.status()).isEqualTo(422);
        assertThat(lost.problem().title()).isEqualTo("room12@1 is damaged in the image store");
        others.healing = ids -> {
            try (ChunkCodec codec = new ChunkCodec(1)) {
                images.sink().put(List.of(codec.pack(id, CONTENT, 0, CONTENT.length)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new OtherSites.Healed(Map.of(id, "main"), Map.of());
        };
        FakeEngine.Reply healed = engine.post("/engine/chunks/get", token, ChunkWire.ids(List.of(id)));
        byte[] frame = ChunkWire.readGet(new ByteArrayInputStream(healed.body()));
        try (ChunkCodec codec = new ChunkCodec(1)) {
            assertThat(codec.unpack(id, frame, new byte[Chunk.SIZE], 0)).isEqualTo(CONTENT.length);
        }
        assertThat(database.alarms().open(10).toString())
                .contains("room12@1: 1 damaged chunks, all healed from main, found while a PC restores it");
    }

    @Test
    void aLostChunkOfAnAddOnIsToldAsTheAddOnsNotAsItsBases() throws Exception {
        published();
        ChunkId drivers = addOn("drivers", 5);
        damage();
        Task.Restore task = new Task.Restore("room12", 0, List.of("drivers"), List.of(), Collections.emptySortedMap());
        database.works().assign(two, task, false, now);
        String token = boot(TWO);
        assertThat(hello(token, TWO)).isInstanceOf(WorkOrder.Restore.class);
        FakeEngine.Reply lost = engine.post("/engine/chunks/again", token, ChunkWire.ids(List.of(drivers)));
        assertThat(lost.status()).isEqualTo(422);
        assertThat(lost.problem().title()).isEqualTo("drivers@1 is damaged in the image store");
        assertThat(database.alarms().open(10).toString()).contains("drivers@1: 1 damaged chunks");
    }

    private void damageManifest(String image) throws IOException {
        Path file = directory.resolve("images/manifests/" + image + "/1.manifest");
        byte[] octets = Files.readAllBytes(file);
        octets[octets.length / 2] ^= 1;
        Files.write(file, octets);
    }

    @Test
    void aDamagedManifestOfAnAddOnIsToldAsAnImagesIs() throws Exception {
        published();
        addOn("drivers", 5);
        Task.Restore task = new Task.Restore("room12", 0, List.of("drivers"), List.of(), Collections.emptySortedMap());
        database.works().assign(two, task, false, now);
        String token = boot(TWO);
        assertThat(hello(token, TWO)).isInstanceOf(WorkOrder.Restore.class);
        damageManifest("drivers");
        FakeEngine.Reply lost = engine.get("/engine/add-ons/drivers/1", token);
        assertThat(lost.status()).isEqualTo(422);
        assertThat(lost.problem().title()).isEqualTo("drivers@1 is damaged in the image store");
        assertThat(others.asked).isEqualTo(1);
    }

    @Test
    void aDamagedManifestIsFetchedFromAnotherServerOrItsLossIsToldAtOnce() throws Exception {
        byte[] chunk = ChunkWire.ids(List.of(published()));
        byte[] whole = images.encoded(images.find(new ImageName("room12"), 1).orElseThrow());
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Restore.class);
        damageManifest("room12");
        for (int asked = 1; asked <= 2; asked++) {
            FakeEngine.Reply lost = engine.get("/engine/manifest", token);
            assertThat(lost.status()).isEqualTo(422);
            assertThat(lost.problem().title()).isEqualTo("room12@1 is damaged in the image store");
            assertThat(lost.problem().detail()).contains("its manifest is damaged (");
            assertThat(others.asked).as("not by each PC of a room").isEqualTo(1);
        }

        now = now.plus(Duration.ofMinutes(2));
        List<FakeEngine.Reply> meanwhile = new ArrayList<>();
        others.mending = damaged -> { // a server that does not answer takes minutes to fail
            meanwhile.add(engine.get("/engine/manifest", token));
            return new OtherSites.Mended.From(images.mend(damaged, whole), "main");
        };
        assertThat(engine.get("/engine/manifest", token).body()).isEqualTo(whole);
        assertThat(meanwhile.getFirst().status()).isEqualTo(503);
        assertThat(database.alarms().open(10).toString())
                .contains("room12@1: its manifest is damaged (", "healed from main; found while a PC restores it");

        damageManifest("room12"); // and the server has forgotten what is in it
        serve();
        assertThat(engine.post("/engine/chunks/get", token, chunk).status()).isEqualTo(200);
        assertThat(images.encoded(images.find(new ImageName("room12"), 1).orElseThrow()))
                .isEqualTo(whole);
    }

    @Test
    void anEngineCapturesAndAnotherRestores() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        String token = boot(ONE);
        WorkOrder order = hello(token, ONE);
        assertThat(order)
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        capture -> assertThat(capture.image()).isEqualTo("room12"));

        ChunkId id = ChunkId.of(CONTENT, 0, CONTENT.length);
        assertThat(engine.post("/engine/chunks/missing", token, ChunkWire.ids(List.of(id)))
                        .body())
                .containsExactly(1);
        FakeEngine.Reply early = engine.post("/engine/images/room12", token, ManifestCodec.encode(manifest(id)));
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.problem().chunks()).containsExactly(Bytes.ofHex(id.toString()));

        assertThat(engine.post("/engine/chunks/put", token, put(id, CONTENT)).status())
                .isEqualTo(204);
        assertThat(engine.post("/engine/chunks/missing", token, ChunkWire.ids(List.of(id)))
                        .body())
                .containsExactly(0);
        FakeEngine.Reply published = engine.post("/engine/images/room12", token, ManifestCodec.encode(manifest(id)));
        assertThat(WorkCodec.decodePublished(published.body())).isEqualTo(new Published("room12", 1));
        FakeEngine.Reply again = engine.post("/engine/images/room12", token, ManifestCodec.encode(manifest(id)));
        assertThat(WorkCodec.decodePublished(again.body()))
                .as("sent twice, for the answer was lost")
                .isEqualTo(new Published("room12", 1));
        assertThat(engine.post("/engine/result", token, WorkCodec.encode(new Result.Done("1 chunk")))
                        .status())
                .isEqualTo(204);
        assertThat(database.works().list(1).getFirst().state()).isEqualTo(WorkState.DONE);

        database.devices().change(two.id(), each -> each.withName("PC-2"));
        database.works().assign(two, Task.Restore.of("room12", 0, List.of()), true, now);
        String second = boot(TWO);
        assertThat(hello(second, TWO)).isInstanceOfSatisfying(WorkOrder.Restore.class, restore -> {
            assertThat(restore.version()).isEqualTo(1);
            assertThat(restore.computerName()).isEqualTo("PC-2");
            assertThat(restore.heading().after().name()).isEqualTo("POWER_OFF");
        });
        assertThat(ManifestCodec.decode(engine.get("/engine/manifest", second).body()))
                .isEqualTo(manifest(id));
        FakeEngine.Reply got = engine.post("/engine/chunks/get", second, ChunkWire.ids(List.of(id)));
        assertThat(got.announced()).as("a batch of an engine's").isEqualTo(got.body().length);
        byte[] plain = new byte[Chunk.SIZE];
        try (ChunkCodec codec = new ChunkCodec(1)) {
            int length = codec.unpack(id, ChunkWire.readGet(new ByteArrayInputStream(got.body())), plain, 0);
            assertThat(Bytes.of(plain, 0, length)).isEqualTo(Bytes.of(CONTENT));
        }
        FakeEngine.Reply more = engine.post("/engine/chunks/get", second, ChunkWire.ids(Collections.nCopies(40, id)));
        assertThat(more.body()).as("more than are in memory at once").hasSize(40 * got.body().length);
        engine.post("/engine/result", second, WorkCodec.encode(new Result.Done("restored")));
        assertThat(decisions.firstAnswer(TWO, now))
                .as("done work is not done again")
                .hasSameClassAs(decisions.firstAnswer(ONE, now));
    }

    /** Another PC captured to the same image before the first one asked again. */
    @Test
    void aManifestThatIsSentAgainIsNoSecondVersionThoughItIsNotTheNewestAnyMore() throws Exception {
        ChunkId id = published();
        byte[] other = content(2);
        ChunkId otherId = ChunkId.of(other, 0, other.length);
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        database.works().assign(two, new Task.Capture("room12", List.of()), false, now);
        String token = boot(ONE);
        hello(token, ONE);
        engine.post("/engine/chunks/put", token, put(otherId, other));
        byte[] manifest = ManifestCodec.encode(manifest(otherId));
        assertThat(WorkCodec.decodePublished(
                        engine.post("/engine/images/room12", token, manifest).body()))
                .isEqualTo(new Published("room12", 2));
        images.publish(new ImageName("room12"), manifest(id));
        assertThat(WorkCodec.decodePublished(
                        engine.post("/engine/images/room12", token, manifest).body()))
                .isEqualTo(new Published("room12", 2));
        assertThat(images.list()).hasSize(3);
    }

    @Test
    void aPersonAtThePromptHasThisPcCapturedAndRestored() throws Exception {
        String token = boot(ONE);
        engine.post("/engine/hello", token, WorkCodec.encode(new Hello("test", ONE, true)));
        assertThat(ask(token, "anna", "right", ManualWork.Kind.CAPTURE).status())
                .isEqualTo(204);
        capture(token, ONE, CONTENT);
        assertThat(ask(token, "anna", "right", ManualWork.Kind.RESTORE).status())
                .isEqualTo(204);

        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Restore.class);
        assertThat(database.works().list(1).getFirst().terms().createdBy()).isEqualTo("anna at the PC");
    }

    @Test
    void whatIsSaidTwiceAtThePromptIsDoneOnceAndWhatDiffersIsDoneToo() throws Exception {
        String token = boot(ONE);
        engine.post("/engine/hello", token, WorkCodec.encode(new Hello("test", ONE, true)));
        for (int i = 0; i < 2; i++) {
            assertThat(ask(token, "anna", "right", ManualWork.Kind.CAPTURE).status())
                    .isEqualTo(204);
        }
        assertThat(database.works().list(10)).hasSize(1);
        ManualWork other = ManualWork.of(ManualWork.Kind.CAPTURE, "other", 0, List.of(), "")
                .by("anna", "right");
        assertThat(engine.post("/engine/work", token, WorkCodec.encode(other)).status())
                .isEqualTo(204);
        assertThat(database.works().list(10)).hasSize(2);

        capture(token, ONE, CONTENT);
        assertThat(ask(token, "anna", "right", ManualWork.Kind.CAPTURE).status())
                .as("another version, when the first is there")
                .isEqualTo(204);
        assertThat(database.works().list(10)).hasSize(3);
    }

    @Test
    void aPersonAtThePromptSavesWhatAFailingDiskStillTells() throws Exception {
        String token = boot(ONE);
        engine.post("/engine/hello", token, WorkCodec.encode(new Hello("test", ONE, true)));
        ManualWork saving = ManualWork.of(ManualWork.Kind.CAPTURE, "room12", 0, List.of(), "")
                .by("anna", "right")
                .with(WorkOrder.Capture.IfUnreadable.ZERO);
        assertThat(engine.post("/engine/work", token, WorkCodec.encode(saving)).status())
                .isEqualTo(204);

        assertThat(hello(token, ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Capture.class,
                        order -> assertThat(order.ifUnreadable()).isEqualTo(WorkOrder.Capture.IfUnreadable.ZERO));
    }

    @Test
    void aTechnicianAtThePromptAddsNoVersionToAnImageOfOtherPcs() throws Exception {
        database.works().assign(two, new Task.Capture("room12", List.of()), false, now);
        capture(boot(TWO), TWO, CONTENT);
        database.policy().addGroup(new Group(0, "Room 12", Group.NONE, PolicyValues.NONE));
        long room =
                database.policy().book().groups().find("Room 12").orElseThrow().id();
        database.devices().change(two.id(), device -> device.withGroup(room));
        FakeEngine.Reply refused = ask(boot(ONE), "tom", "right", ManualWork.Kind.CAPTURE);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.problem().line()).contains("not captured into 'room12'", "another name");
        assertThat(ask(boot(ONE), "anna", "right", ManualWork.Kind.CAPTURE).status())
                .isEqualTo(204);
        assertThat(ask(boot(TWO), "tom", "right", ManualWork.Kind.CAPTURE).status())
                .isEqualTo(204);
    }

    /** A rule's and a schedule's work too: their task says who gave it. */
    @Test
    void workThatATechnicianGaveBeforeTheImageWasThereAddsNoVersionToAnothers() throws Exception {
        User tom = database.accounts()
                .add(new User(0, "tom", "", User.Origin.LOCAL, Role.TECHNICIAN, Set.of(), "", true, now))
                .orElseThrow();
        Task toms = new Task.Capture("room12", List.of()).by(tom.name());
        database.works().assign(one, toms, false, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Capture.class);
        ChunkId id = published(); // the administrator's PC was faster
        byte[] other = content(2);
        ChunkId otherId = ChunkId.of(other, 0, other.length);
        engine.post("/engine/chunks/put", token, put(otherId, other));
        FakeEngine.Reply refused = engine.post("/engine/images/room12", token, ManifestCodec.encode(manifest(otherId)));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.problem().line())
                .contains("no version of 'room12'", "by now", "a device of tom", "capture under another name");
        engine.post("/engine/result", token, WorkCodec.encode(new Result.Failed("no version", "tom's", "")));
        assertThat(hello(boot(ONE), ONE))
                .as("nor is it read again for half an hour")
                .isInstanceOf(WorkOrder.NoWork.class);
        assertThat(images.list()).hasSize(1);

        database.works().assign(one, new Task.Capture("lab7", List.of()).by("tom"), false, now);
        String first = boot(ONE);
        hello(first, ONE);
        byte[] manifest = ManifestCodec.encode(manifest(id));
        assertThat(engine.post("/engine/images/lab7", first, manifest).status()).isEqualTo(200);
        engine.post("/engine/result", first, WorkCodec.encode(new Result.Failed("its script", "1", "")));
        assertThat(images.find(new ImageName("lab7"), 1).orElseThrow().notes().history())
                .singleElement()
                .satisfies(entry -> assertThat(entry.who()).isEqualTo("tom"));
        assertThat(hello(boot(ONE), ONE))
                .as("it is his, though its work has not ended well")
                .isInstanceOf(WorkOrder.Capture.class);
    }

    @Test
    void atThePromptATechnicianHasTheImagesOfAllHisGroupsAsByTheApi() throws Exception {
        database.works().assign(two, new Task.Capture("room12", List.of()), false, now);
        capture(boot(TWO), TWO, CONTENT);
        long floor = group("Floor", Group.NONE);
        long room = group("Room 12", floor);
        database.devices().change(two.id(), device -> device.withGroup(room));
        groupsOfTom = Set.of(floor);
        assertThat(ask(boot(ONE), "tom", "right", ManualWork.Kind.CAPTURE).status())
                .isEqualTo(204);
    }

    /** A directory may let people in by their mail address. */
    @Test
    void whoTypesAnotherNameThanTheServerCallsHimIsTheSamePerson() throws Exception {
        database.works().assign(two, new Task.Capture("room12", List.of()), false, now);
        capture(boot(TWO), TWO, CONTENT);
        long room = group("Room 12", Group.NONE);
        database.devices().change(two.id(), device -> device.withGroup(room));
        groupsOfTom = Set.of(room);
        User tom = new User(0, "tom", "", User.Origin.LDAP, Role.TECHNICIAN, Set.of(room), "", true, now);
        assertThat(database.accounts().add(tom)).isPresent();
        String token = boot(ONE);
        assertThat(ask(token, "tom@school.example", "right", ManualWork.Kind.CAPTURE)
                        .status())
                .isEqualTo(204);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Capture.class);
    }

    @Test
    void theVersionsAreReadBeforeARestoreMayBegin() throws Exception {
        database.works().assign(one, new Task.Inventory(), false, now);
        assertThat(hello(boot(ONE), ONE)).isInstanceOf(WorkOrder.Inventory.class);
        assertThat(images.newest()).as("nothing goes by them").isEmpty();
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        assertThat(hello(boot(ONE), ONE))
                .as("its inventory, which may be over by now")
                .isInstanceOf(WorkOrder.Inventory.class);
        assertThat(images.newest()).as("a restore is behind it").isPresent();
    }

    /** Without them the disk is erased where an add-on alone is missing. */
    @Test
    void theVersionsAreReadBeforeARuleMayRestore() throws Exception {
        Task restore = new Task.Restore("room12", 0, List.of("office"), List.of(), Collections.emptySortedMap());
        database.policy().addRule(Rule.of(0, Level.SERVER, 0, "r", true, "always", restore, Repeat.ONCE, ""));
        hello(boot(ONE), ONE);
        assertThat(images.newest()).isPresent();
    }

    @Test
    void theVersionsAreReadForAPcThatFullFactsTell() throws Exception {
        Facts second = SERIES.with(FactName.MAC, "52:54:00:00:05:02");
        for (Facts each : List.of(FIRST_OF_SERIES, second)) {
            database.devices().register(NewDevice.of(each, Registration.REGISTERED), now);
        }
        String token = boot(SERIES);
        assertThat(database.journal().bearer(token, now).orElseThrow().device()).isEqualTo(Transactions.NOBODY);
        hello(token, second);
        assertThat(images.newest()).isPresent();
    }

    @Test
    void aTechniciansCaptureBeginsWhileTheStoreCannotBeRead() throws Exception {
        Path manifests = directory.resolve("images/manifests");
        Path away = directory.resolve("away");
        Files.move(manifests, away);
        database.works().assign(one, new Task.Capture("lab7", List.of()).by("tom"), false, now);
        assertThat(hello(boot(ONE), ONE)).isInstanceOf(WorkOrder.Capture.class);
        assertThat(events("image")).singleElement().asString().contains("is asked when it is published");
        Files.move(away, manifests);
    }

    /** Begun, it would forget what the device has, and lay that down again once the store can be read. */
    @Test
    void aRestoreOfTheNewestDoesNotBeginWhileNobodyKnowsWhichThatIs() throws Exception {
        LastImage has = new LastImage("room12", 1, List.of(), now);
        database.devices().imaged(one.id(), Optional.of(has));
        Work work = database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        assertThat(withoutStore(token, ONE)).isEqualTo(500);
        assertThat(database.works().find(work.id()).orElseThrow().state()).isEqualTo(WorkState.QUEUED);
        assertThat(database.devices().find(one.id()).orElseThrow().lastImage()).contains(has);
    }

    @Test
    void aRestoreBehindWorkThatMayBeOverDoesNotBeginEither() throws Exception {
        LastImage has = new LastImage("room12", 1, List.of(), now);
        database.devices().imaged(one.id(), Optional.of(has));
        database.works().assign(one, new Task.Inventory(), false, now);
        assertThat(hello(boot(ONE), ONE)).isInstanceOf(WorkOrder.Inventory.class);
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        assertThat(withoutStore(boot(ONE), ONE)).isEqualTo(500);
        assertThat(database.devices().find(one.id()).orElseThrow().lastImage()).contains(has);
    }

    @Test
    void noRuleRestoresWhileTheVersionsAreUnknown() throws Exception {
        Task restore = new Task.Restore("room12", 0, List.of("office"), List.of(), Collections.emptySortedMap());
        database.policy().addRule(Rule.of(0, Level.SERVER, 0, "r", true, "always", restore, Repeat.ONCE, ""));
        assertThat(withoutStore(boot(ONE), ONE)).isEqualTo(500);
        assertThat(database.works().open()).as("work of the rule's").isEmpty();
    }

    @Test
    void aPcThatFullFactsTellIsNotRestoredWhileTheVersionsAreUnknown() throws Exception {
        Facts second = SERIES.with(FactName.MAC, "52:54:00:00:05:02");
        database.devices().register(NewDevice.of(FIRST_OF_SERIES, Registration.REGISTERED), now);
        Device told = database.devices().register(NewDevice.of(second, Registration.REGISTERED), now);
        LastImage has = new LastImage("room12", 1, List.of(), now);
        database.devices().imaged(told.id(), Optional.of(has));
        database.works().assign(told, Task.Restore.of("room12", 0, List.of()), false, now);
        assertThat(withoutStore(boot(SERIES), second)).isEqualTo(500);
        assertThat(database.devices().find(told.id()).orElseThrow().lastImage()).contains(has);
    }

    /** What an engine's question is answered with while the image store cannot be read. */
    private int withoutStore(String token, Facts facts) throws Exception {
        Path manifests = directory.resolve("images/manifests");
        Path away = directory.resolve("away");
        Files.move(manifests, away);
        try {
            return engine.post("/engine/hello", token, WorkCodec.encode(new Hello("test", facts)))
                    .status();
        } finally {
            Files.move(away, manifests);
        }
    }

    @Test
    void aStrangerAtThePromptGetsNothing() throws Exception {
        String token = boot(ONE);
        FakeEngine.Reply refused = ask(token, "anna", "wrong", ManualWork.Kind.CAPTURE);

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.problem().detail()).isEqualTo("name or password is wrong");
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.NoWork.class);
        FakeEngine.Reply unknown = ask(token, "anna", "right", ManualWork.Kind.RESTORE);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.problem().title()).isEqualTo("There is no image 'room12'");
    }

    @Test
    void aPcThatWaitsForApprovalIsRegisteredByAnAdministratorAtItsPrompt() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        capture(boot(ONE), ONE, CONTENT);
        Device waiting = database.devices().register(NewDevice.of(THREE, Registration.PENDING), now);
        String token = boot(THREE);
        assertThat(hello(token, THREE)).isInstanceOf(WorkOrder.NoWork.class);

        assertThat(ask(token, "tom", "right", ManualWork.Kind.RESTORE).problem().title())
                .isEqualTo("This PC is not registered");
        assertThat(ask(token, "anna", "right", ManualWork.Kind.RESTORE).status())
                .isEqualTo(204);

        assertThat(hello(token, THREE)).isInstanceOf(WorkOrder.Restore.class);
        assertThat(database.devices().find(waiting.id()).orElseThrow().registration())
                .isEqualTo(Registration.REGISTERED);
    }

    private static final Facts SERIES = Facts.NONE.with(FactName.UUID, "5a5a0001-1234-4321-9999-0123456789ab");
    private static final Facts FIRST_OF_SERIES =
            SERIES.with(FactName.MAC, "52:54:00:00:05:01").with(FactName.DISK, "sda 256060514304 DISK-1 SAMSUNG");

    /** At a dock firmware shows the UUID alone, which another PC of the series has: its disk must not be overwritten in this one's place. */
    @Test
    void whatIsAskedForAtAPcThatHasAnothersUuidBecomesNoWorkOfTheOther() throws Exception {
        Device first = database.devices().register(NewDevice.of(FIRST_OF_SERIES, Registration.REGISTERED), now);
        String token = boot(SERIES);

        FakeEngine.Reply refused = ask(
                token,
                "anna",
                "right",
                ManualWork.Kind.CAPTURE,
                SERIES.with(FactName.DISK, "sda 256060514304 DISK-2 SAMSUNG"));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.problem().title()).isEqualTo("This PC may be another one than '" + first.name() + "'");
        assertThat(database.works().list(10)).isEmpty();
    }

    @Test
    void aPcWithAChangedCardIsKnownAtItsPromptByItsDisk() throws Exception {
        Device first = database.devices().register(NewDevice.of(FIRST_OF_SERIES, Registration.REGISTERED), now);
        Facts changed = SERIES.with(FactName.MAC, "52:54:00:00:05:09");
        String token = boot(changed);

        assertThat(ask(
                                token,
                                "anna",
                                "right",
                                ManualWork.Kind.CAPTURE,
                                changed.with(FactName.DISK, "sda 256060514304 DISK-1 SAMSUNG"))
                        .status())
                .isEqualTo(204);
        assertThat(database.works().list(10)).extracting(Work::device).containsExactly(first.id());
    }

    private FakeEngine.Reply ask(String token, String user, String password, ManualWork.Kind kind) throws Exception {
        return ask(token, user, password, kind, THREE);
    }

    private FakeEngine.Reply ask(String token, String user, String password, ManualWork.Kind kind, Facts facts)
            throws Exception {
        ManualWork work = ManualWork.of(kind, "room12", 0, List.of(), "")
                .by(user, password)
                .with(facts);
        return engine.post("/engine/work", token, WorkCodec.encode(work));
    }

    private Set<Long> groupsOfTom = Set.of();

    /** Knows an administrator, a technician and one password. */
    private final class AnnaAndTom implements MenuAccess {
        @Override
        public Admission signIn(
                long transaction, String user, String password, String entry, String address, Instant now) {
            assertThat(address).isEqualTo("127.0.0.1");
            String name = user.split("@", 2)[0];
            return List.of("anna", "tom").contains(name) && password.equals("right")
                    ? new Admission.Granted(name.equals("anna"), groupsOfTom, name)
                    : new Admission.Refused("name or password is wrong");
        }

        @Override
        public Admission register(long transaction, Facts facts, Optional<String> name, Instant now) {
            Access access = new Access(database.accounts(), "local", AccessSettings.USUAL, _ -> Optional.empty());
            return new PersonAtThePc(access, database, SETTINGS).register(transaction, facts, name, now);
        }
    }

    @Test
    void withoutATokenOfThisServerNothingIsAnswered() throws Exception {
        for (String token : List.of("", "guess", "Bearer")) {
            FakeEngine.Reply reply = engine.get("/engine/manifest", token);
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.problem().cure()).isNotEmpty();
        }
    }

    @Test
    void anExpiredTokenOpensNothing() throws Exception {
        String token = boot(ONE);
        now = now.plus(Duration.ofHours(25));

        assertThat(engine.get("/engine/manifest", token).status()).isEqualTo(401);
    }

    @Test
    void aTokenOfOneDeviceNeverOpensAnothersImageOrWork() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        capture(boot(ONE), ONE, CONTENT);
        byte[] secret = content(2);
        ChunkId secretId = ChunkId.of(secret, 0, secret.length);
        images.sink().put(List.of(frame(secretId, secret)));
        database.works().assign(two, Task.Restore.of("room12", 1, List.of()), false, now);

        String stranger = boot(ONE);
        assertThat(hello(stranger, ONE)).isInstanceOf(WorkOrder.NoWork.class);
        assertThat(hello(stranger, TWO)).as("with the facts of the other").isInstanceOf(WorkOrder.NoWork.class);
        ChunkId id = ChunkId.of(CONTENT, 0, CONTENT.length);
        assertThat(engine.get("/engine/manifest", stranger).status()).isEqualTo(403);
        assertThat(engine.post("/engine/chunks/get", stranger, ChunkWire.ids(List.of(id)))
                        .status())
                .isEqualTo(403);
        assertThat(engine.post("/engine/chunks/put", stranger, put(id, CONTENT)).status())
                .isEqualTo(403);
        assertThat(engine.post("/engine/images/room12", stranger, ManifestCodec.encode(manifest(id)))
                        .status())
                .isEqualTo(403);

        String entitled = boot(TWO);
        assertThat(engine.get("/engine/manifest", entitled).status())
                .as("before hello")
                .isEqualTo(403);
        assertThat(hello(entitled, TWO)).isInstanceOf(WorkOrder.Restore.class);
        assertThat(engine.post("/engine/chunks/get", entitled, ChunkWire.ids(List.of(id)))
                        .status())
                .isEqualTo(200);
        assertThat(engine.post("/engine/chunks/get", entitled, ChunkWire.ids(List.of(secretId)))
                        .status())
                .as("a chunk of another image")
                .isEqualTo(403);
    }

    private ChunkId addOn(String name, int seed) throws Exception {
        byte[] octets = content(seed);
        ChunkId id = ChunkId.of(octets, 0, octets.length);
        images.sink().put(List.of(frame(id, octets)));
        ChunkTable.Builder chunks = new ChunkTable.Builder(1);
        chunks.set(0, id);
        FileAttributes attributes = new FileAttributes(0644, 0, 0, START, Collections.emptySortedMap());
        AddOnEntry file = new AddOnEntry.Plain("motd", attributes, octets.length, Extents.of(0, octets.length), 0);
        AddOn addOn = new AddOn(
                PartitionChoice.SYSTEM,
                List.of(),
                List.of(file),
                new Content.Blocks(Content.Method.RAW, Extents.of(0, octets.length), chunks.build()));
        images.publish(new ImageName(name), Manifest.of(START, "test", addOn, List.of()));
        return id;
    }

    @Test
    void addOnsAreOpenToTheWorkThatNamesThemAndOverABaseThatIsThereTheyComeAlone() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        capture(boot(ONE), ONE, CONTENT);
        ChunkId drivers = addOn("drivers", 5);
        ChunkId office = addOn("office", 6);
        Task.Restore task = new Task.Restore("room12", 0, List.of("drivers"), List.of(), Collections.emptySortedMap());
        database.works().assign(two, task, false, now);

        String token = boot(TWO);
        assertThat(hello(token, TWO)).isInstanceOfSatisfying(WorkOrder.Restore.class, order -> {
            assertThat(order.addOns()).containsExactly(new WorkOrder.Restore.AddOn("drivers", 1));
            assertThat(order.addOnsOnly()).isFalse();
        });
        assertThat(ManifestCodec.decode(
                                engine.get("/engine/add-ons/drivers/1", token).body())
                        .addOn()
                        .orElseThrow()
                        .entries())
                .hasSize(1);
        for (String other : List.of("office/1", "drivers/2", "room12/1", "drivers")) {
            assertThat(engine.get("/engine/add-ons/" + other, token).status())
                    .as(other)
                    .isEqualTo(403);
        }
        assertThat(engine.post("/engine/chunks/get", token, ChunkWire.ids(List.of(drivers)))
                        .status())
                .isEqualTo(200);
        assertThat(engine.post("/engine/chunks/get", token, ChunkWire.ids(List.of(drivers, office)))
                        .status())
                .isEqualTo(403);
        assertThat(engine.get("/engine/add-ons/drivers/1", boot(ONE)).status()).isEqualTo(403);
        engine.post("/engine/result", token, WorkCodec.encode(new Result.Done("restored")));

        database.works()
                .assign(
                        two,
                        new Task.Restore(
                                "room12", 1, List.of("drivers", "office"), List.of(), Collections.emptySortedMap()),
                        false,
                        now);
        String second = boot(TWO);
        assertThat(hello(second, TWO)).isInstanceOfSatisfying(WorkOrder.Restore.class, order -> {
            assertThat(order.addOns()).containsExactly(new WorkOrder.Restore.AddOn("office", 1));
            assertThat(order.addOnsOnly()).isTrue();
        });
        engine.post("/engine/result", second, WorkCodec.encode(new Result.Done("laid down")));
        assertThat(database.devices()
                        .find(two.id())
                        .orElseThrow()
                        .lastImage()
                        .orElseThrow()
                        .addOns())
                .containsExactly("drivers@1", "office@1");
    }

    @Test
    void anAddOnInThePlaceOfABaseOrTheReverseIsRefusedInWords() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        capture(boot(ONE), ONE, CONTENT);
        addOn("drivers", 5);
        database.works().assign(one, Task.Restore.of("drivers", 0, List.of()), false, now);
        assertThat(hello(boot(ONE), ONE).heading().reasons().getFirst())
                .contains("drivers@1 is an add-on image, which no disk can be made of");
        database.works()
                .assign(
                        two,
                        new Task.Restore("room12", 0, List.of("room12"), List.of(), Collections.emptySortedMap()),
                        false,
                        now);
        assertThat(hello(boot(TWO), TWO).heading().reasons().getFirst())
                .contains("room12@1 is no add-on image but one of disks");
    }

    @Test
    void whileOnePcHasAChunkHealedTheOthersAreAskedToComeAgain() throws Exception {
        ChunkId id = published();
        byte[] asked = ChunkWire.ids(List.of(id));
        database.works().assign(one, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Restore.class);
        damage();
        List<FakeEngine.Reply> replies = new ArrayList<>();
        others.healing = ids -> { // a server that does not answer takes minutes to fail
            try {
                if (replies.isEmpty()) {
                    replies.add(engine.post("/engine/chunks/again", token, asked));
                }
                return new OtherSites.Healed(Map.of(), Map.of(id, "main does not answer"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        assertThat(engine.post("/engine/chunks/again", token, asked).status()).isEqualTo(422);
        assertThat(replies.getFirst().status()).isEqualTo(503);
        others.healing = _ -> {
            throw new AssertionError("asked again so soon");
        };
        FakeEngine.Reply late = engine.post("/engine/chunks/again", token, asked);
        assertThat(late.status()).isEqualTo(422);
        assertThat(late.problem().detail()).contains("main does not answer");
    }

    @Test
    void aDamagedChunkIsNamedAndNotStored() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        String token = boot(ONE);
        hello(token, ONE);
        ChunkId claimed = ChunkId.of(content(3), 0, CONTENT.length);

        FakeEngine.Reply reply = engine.post("/engine/chunks/put", token, put(claimed, CONTENT));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.problem().chunks()).containsExactly(Bytes.ofHex(claimed.toString()));
        assertThat(engine.post("/engine/chunks/missing", token, ChunkWire.ids(List.of(claimed)))
                        .body())
                .containsExactly(1);
    }

    @Test
    void cancelledWorkEndsAtTheNextReport() throws Exception {
        var work = database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        String token = boot(ONE);
        hello(token, ONE);
        byte[] progress = WorkCodec.encode(new Progress("reading", 1, 10, 0, ""));
        assertThat(engine.post("/engine/progress", token, progress).status()).isEqualTo(204);

        database.works().keep(database.works().find(work.id()).orElseThrow().cancelled(now));

        assertThat(engine.post("/engine/progress", token, progress).status()).isEqualTo(409);
        FakeEngine.Reply refused = engine.post("/engine/chunks/missing", token, new byte[32]);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.problem().detail()).isEqualTo(work.describe() + " was cancelled");
        assertThat(refused.problem().cure()).contains("assign it again");
    }

    private String line(FakeEngine.Reply refused) throws Exception {
        assertThat(refused.status()).as(refused.text()).isIn(403, 409);
        assertThat(refused.problem().cure()).isNotEmpty();
        return refused.problem().detail();
    }

    @Test
    void ofTwoEnginesWithOneMacAddressTheEarlierIsTurnedAwayAndSoIsSaid() throws Exception {
        ChunkId id = ChunkId.of(CONTENT, 0, CONTENT.length);
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        byte[] progress = WorkCodec.encode(new Progress("reading", 1, 10, 0, ""));
        String earlier = boot(ONE);
        assertThat(hello(earlier, ONE)).isInstanceOf(WorkOrder.Capture.class);
        assertThat(engine.post("/engine/progress", earlier, progress).status()).isEqualTo(204);
        String later = boot(ONE);
        assertThat(hello(later, ONE)).isInstanceOf(WorkOrder.Capture.class);

        String why = "was begun by a later boot";
        assertThat(line(engine.post("/engine/progress", earlier, progress))).contains(why, "52:54:00:00:00:01");
        assertThat(line(engine.post("/engine/chunks/put", earlier, put(id, CONTENT))))
                .contains(why);
        assertThat(line(engine.post("/engine/images/room12", earlier, ManifestCodec.encode(manifest(id)))))
                .contains(why);
        assertThat(hello(earlier, ONE)).as("nor does it take the work back").isInstanceOf(WorkOrder.NoWork.class);
        byte[] failed = WorkCodec.encode(new Result.Failed("The work is no longer wanted", "two PCs", ""));
        assertThat(engine.post("/engine/result", earlier, failed).status()).isEqualTo(204);

        assertThat(engine.post("/engine/progress", later, progress).status()).isEqualTo(204);
        assertThat(engine.post("/engine/chunks/put", later, put(id, CONTENT)).status())
                .isEqualTo(204);
        assertThat(engine.post("/engine/images/room12", later, ManifestCodec.encode(manifest(id)))
                        .status())
                .isEqualTo(200);
        assertThat(images.list()).hasSize(1);
        assertThat(database.alarms().open(10))
                .singleElement()
                .satisfies(alarm -> assertThat(alarm.text()).contains("two PCs work as", "52:54:00:00:00:01"));
    }

    @Test
    void aTokenLastsAsLongAsItsWorkAndOpensNothingAfterIt() throws Exception {
        ChunkId id = published();
        database.works().assign(one, Task.Restore.of("room12", 1, List.of()), false, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Restore.class);
        now = now.plus(Duration.ofDays(400)); // or its clock was set
        database.close();
        database = Database.open(directory.resolve("database"), now);
        serve();
        byte[] progress = WorkCodec.encode(new Progress("writing", 1, 10, 0, ""));
        assertThat(engine.post("/engine/progress", token, progress).status()).isEqualTo(204);
        assertThat(engine.post("/engine/chunks/get", token, ChunkWire.ids(List.of(id)))
                        .status())
                .isEqualTo(200);
        byte[] done = WorkCodec.encode(new Result.Done("restored"));
        assertThat(engine.post("/engine/result", token, done).status()).isEqualTo(204);

        assertThat(engine.post("/engine/progress", token, progress).status()).isEqualTo(401);
        database.close();
        database = Database.open(directory.resolve("database"), now);
        serve();
        now = now.plus(Duration.ofMinutes(70));
        assertThat(engine.post("/engine/result", token, done).status())
                .as("the first answer got lost")
                .isEqualTo(204);
        assertThat(engine.post("/engine/chunks/get", token, ChunkWire.ids(List.of(id)))
                        .status())
                .isEqualTo(401);
        now = now.plus(Duration.ofMinutes(70));
        assertThat(engine.post("/engine/result", token, done).status()).isEqualTo(401);
        now = now.minus(Duration.ofDays(400));
        assertThat(line(engine.post("/engine/progress", token, progress))).contains("has ended: done, restored");
        assertThat(line(engine.post("/engine/chunks/get", token, ChunkWire.ids(List.of(id)))))
                .contains("has ended: done, restored");
        assertThat(engine.post("/engine/result", token, done).status())
                .as("said twice")
                .isEqualTo(204);
        assertThat(database.works().list(1).getFirst().outcome()).isEqualTo("restored");
    }

    @Test
    void aDiskThatSaysThatItIsFailingIsAnAlarmUntilItIsReplaced() throws Exception {
        Facts failing = ONE.with(FactName.DISK, "sda 1000 WX1 WDC WD40", "vda 1000 -")
                .with(FactName.DISK_HEALTH, "sda failing: its own check says so", "vda unknown");
        hello(boot(ONE), failing);
        hello(boot(ONE), failing.with(FactName.DISK_HEALTH, "sda failing: its own check says so, 3 sectors pending"));
        assertThat(database.alarms().open(10))
                .singleElement()
                .satisfies(alarm -> assertThat(alarm.text())
                        .isEqualTo("a disk of " + one.name()
                                + ", sda (WDC WD40, serial number WX1), says that it is failing"
                                + " (its own check says so); save what is on it, and replace it"));

        hello(boot(ONE), ONE.with(FactName.DISK, "sda 1000 WX2 WDC WD40").with(FactName.DISK_HEALTH, "sda good"));
        assertThat(database.alarms().open(10)).isEmpty();
    }

    @Test
    void whatIsSaidAfterTheEndOfATransactionChangesNothing() throws Exception {
        var work = database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        String token = boot(ONE);
        capture(token, ONE, CONTENT);
        byte[] failed = WorkCodec.encode(new Result.Failed("reading /dev/sda", "I/O error", "replace the disk"));

        assertThat(engine.post("/engine/result", token, failed).status()).isEqualTo(204);

        Work ended = database.works().find(work.id()).orElseThrow();
        assertThat(ended.state()).isEqualTo(WorkState.DONE);
        assertThat(database.journal().boot(ended.transaction()).orElseThrow().state())
                .isEqualTo(Boot.State.DONE);
        assertThat(events("result")).anyMatch(text -> text.startsWith("said after its end: reading /dev/sda"));
    }

    @Test
    void workGoesOnAndBeginsAgainThoughTheServersClockIsSetBack() throws Exception {
        ChunkId id = published();
        Terms later = Terms.by("anna").notBefore(now.plus(Duration.ofMinutes(1)));
        database.works().create(one.id(), Task.Restore.of("room12", 1, List.of()), later, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Restore.class);
        now = now.minus(Duration.ofDays(400));
        byte[] progress = WorkCodec.encode(new Progress("writing", 1, 10, 0, ""));
        assertThat(engine.post("/engine/progress", token, progress).status()).isEqualTo(204);
        assertThat(engine.post("/engine/chunks/get", token, ChunkWire.ids(List.of(id)))
                        .status())
                .isEqualTo(200);
        assertThat(hello(boot(ONE), ONE)).as("the PC was restarted").isInstanceOf(WorkOrder.Restore.class);
    }

    @Test
    void workThatFailsThreeTimesStops() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        byte[] failed = WorkCodec.encode(new Result.Failed("reading /dev/sda", "I/O error", "replace the disk"));
        for (int i = 0; i < 3; i++) {
            String token = boot(ONE);
            assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Capture.class);
            assertThat(engine.post("/engine/result", token, failed).status()).isEqualTo(204);
        }

        assertThat(database.works().list(1).getFirst().state()).isEqualTo(WorkState.FAILED);
        assertThat(hello(boot(ONE), ONE)).isInstanceOf(WorkOrder.NoWork.class);
        assertThat(database.journal().events(0, 0, 100))
                .anyMatch(event -> event.text().contains("has failed 3 times and stops"));
    }

    @Test
    void anImageThatIsNotThereFailsTheWorkInWords() throws Exception {
        database.works().assign(one, Task.Restore.of("gone", 0, List.of()), false, now);

        assertThat(hello(boot(ONE), ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.NoWork.class,
                        order -> assertThat(order.heading().reasons())
                                .containsExactly("there is no image 'gone' in the store; see firstlight image list"));
        assertThat(database.works().list(1).getFirst().state()).isEqualTo(WorkState.FAILED);
    }

    @Test
    void aRestoreBeyondTheLimitWaitsForItsTurn() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        capture(boot(ONE), ONE, CONTENT);
        database.works().assign(one, Task.Restore.of("room12", 1, List.of()), false, now);
        database.works().assign(two, Task.Restore.of("room12", 1, List.of()), false, now);
        String first = boot(ONE);
        assertThat(hello(first, ONE)).isInstanceOf(WorkOrder.Restore.class);

        String second = boot(TWO);
        for (int asks = 0; asks < 3; asks++) {
            assertThat(hello(second, TWO))
                    .isInstanceOfSatisfying(
                            WorkOrder.Wait.class,
                            wait -> assertThat(wait.heading().reasons().getLast())
                                    .contains("1 of at most 1 restores are running"));
        }
        assertThat(engine.get("/engine/manifest", second).status())
                .as("who waits is entitled to nothing")
                .isEqualTo(403);
        engine.post("/engine/result", first, WorkCodec.encode(new Result.Done("restored")));

        assertThat(hello(second, TWO)).isInstanceOf(WorkOrder.Restore.class);
        assertThat(database.journal().events(0, 0, 1000))
                .filteredOn(
                        event -> event.kind().equals("order") && event.text().startsWith("waits"))
                .as("the journal is told once")
                .hasSize(1);
    }

    @Test
    void theMembersOfASessionWaitForEachOtherAndGetOneVersion() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        capture(boot(ONE), ONE, CONTENT);
        long session = ((Kept.Done<Session>)
                        database.sessions().add(Session.fresh("monday", "room12", 0, List.of(), 2, 0, "anna", now)))
                .value()
                .id();
        database.sessions().join(session, List.of(one.id(), two.id()), Terms.by("anna"), now);
        String first = boot(ONE);
        String second = boot(TWO);
        for (int asks = 0; asks < 3; asks++) {
            assertThat(hello(first, ONE)).isInstanceOfSatisfying(WorkOrder.Wait.class, wait -> {
                assertThat(wait.seconds()).isLessThan(10);
                assertThat(wait.heading().reasons().getLast())
                        .isEqualTo("session " + session + " 'monday' begins when 2 clients wait (1 do)");
            });
        }
        assertThat(engine.get("/engine/manifest", first).status())
                .as("who waits is entitled to nothing")
                .isEqualTo(403);

        for (String token : List.of(second, first)) {
            assertThat(hello(token, token.equals(first) ? ONE : TWO))
                    .as("the limit of one restore does not stop half a session")
                    .isInstanceOfSatisfying(
                            WorkOrder.Restore.class,
                            restore -> assertThat(restore.version()).isEqualTo(1));
            assertThat(engine.get("/engine/manifest", token).status()).isEqualTo(200);
        }
        engine.post("/engine/result", first, WorkCodec.encode(new Result.Done("restored")));
        engine.post("/engine/result", second, WorkCodec.encode(new Result.Done("restored")));

        assertThat(database.sessions().find(session).orElseThrow().state()).isEqualTo(SessionState.DONE);
        assertThat(database.devices().find(two.id()).orElseThrow().lastImage())
                .contains(new LastImage("room12", 1, List.of(), now));
        assertThat(database.journal().events(0, 0, 1000))
                .filteredOn(
                        event -> event.kind().equals("order") && event.text().startsWith("waits"))
                .as("the journal is told once")
                .hasSize(1);
    }

    @Test
    void aManifestThatManyPcsAskForAtOnceIsInMemoryOnce() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        capture(boot(ONE), ONE, CONTENT);
        var version = images.find(new ImageName("room12"), 0).orElseThrow();
        SharedManifests shared = new SharedManifests(images, (_, failure) -> {
            throw failure;
        });

        byte[] first = shared.of(version);
        byte[] next = shared.of(version);

        assertThat(next).isSameAs(first).isEqualTo(images.encoded(version));
    }

    @Test
    void whatWasLaidDownIsKnownUntilTheDiskIsWiped() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        capture(boot(ONE), ONE, CONTENT);
        database.works().assign(two, Task.Restore.of("room12", 0, List.of()), false, now);
        String token = boot(TWO);
        hello(token, TWO);
        engine.post("/engine/result", token, WorkCodec.encode(new Result.Done("restored")));
        assertThat(database.devices().find(two.id()).orElseThrow().lastImage())
                .contains(new LastImage("room12", 1, List.of(), now));

        database.works().assign(two, new Task.Wipe(List.of(), Task.WipeMethod.ZEROS), false, now);
        token = boot(TWO);
        assertThat(hello(token, TWO))
                .isInstanceOfSatisfying(
                        WorkOrder.Wipe.class, wipe -> assertThat(wipe.method()).isEqualTo(WorkOrder.Wipe.Method.ZEROS));
        engine.post("/engine/result", token, WorkCodec.encode(new Result.Done("wiped")));

        assertThat(database.devices().find(two.id()).orElseThrow().lastImage()).isEmpty();
    }

    @Test
    void anImageThatIsNotHereTakesNothingFromWhatThePcHolds() throws Exception {
        LastImage before = new LastImage("room12", 1, List.of(), now);
        database.devices().imaged(two.id(), Optional.of(before));
        database.works().assign(two, Task.Restore.of("room13", 0, List.of()), false, now);
        String token = boot(TWO);

        others.supply = new OtherSites.Supply.Coming("room13 comes from the other site", 7);
        for (int asks = 0; asks < 2; asks++) {
            assertThat(hello(token, TWO)).isInstanceOf(WorkOrder.Wait.class);
            assertThat(database.devices().find(two.id()).orElseThrow().lastImage())
                    .as("its disk is as it was while it waits")
                    .contains(before);
        }
        others.supply = new OtherSites.Supply.Unavailable("", false);
        assertThat(hello(token, TWO)).isInstanceOf(WorkOrder.NoWork.class);

        assertThat(database.devices().find(two.id()).orElseThrow().lastImage())
                .as("else a rule for room12 would wipe it")
                .contains(before);
    }

    @Test
    void whatAScriptSaysIsInTheTransactionLineForLine() throws Exception {
        database.works().assign(one, new Task.Script("bios", "dmidecode"), false, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE))
                .isInstanceOfSatisfying(
                        WorkOrder.Script.class,
                        script -> assertThat(script.text()).isEqualTo("dmidecode"));

        for (String note : List.of("first lines", "more lines", "more lines")) {
            engine.post("/engine/progress", token, WorkCodec.encode(new Progress("script", 1, 0, 0, note)));
        }

        assertThat(database.journal().events(0, 0, 1000))
                .filteredOn(event -> event.kind().equals("progress"))
                .extracting(Journal.Event::text)
                .containsExactly("script, first lines", "script, more lines");
    }

    @Test
    void whatIsNoMessageIsAProblemAndNoMore() throws Exception {
        String token = boot(ONE);
        FakeEngine.Reply reply = engine.post("/engine/hello", token, new byte[] {'{'});

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.contentType()).isEqualTo(Problem.MEDIA_TYPE);
        assertThat(engine.get("/engine/nonsense", token).status()).isEqualTo(404);
    }

    /** What it claims is not made room for. */
    @Test
    void aManifestOfSomeKilobytesThatClaimsMoreThanAnyCaptureIsRefused() throws Exception {
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        String token = boot(ONE);
        assertThat(hello(token, ONE)).isInstanceOf(WorkOrder.Capture.class);
        byte[] zeros = com.github.luben.zstd.Zstd.compress(new byte[400 << 20]);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(ManifestCodec.encode(manifest(ChunkId.of(CONTENT, 0, CONTENT.length))), 0, 12);
        file.write(zeros);
        file.write(MessageDigest.getInstance("SHA-256").digest(file.toByteArray()));

        FakeEngine.Reply reply = engine.post("/engine/images/room12", token, file.toByteArray());
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.problem().detail()).isEqualTo("its content claims 419430400 octets");
    }

    private static byte[] put(ChunkId id, byte[] content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ChunkWire.writePut(out, List.of(frame(id, content)));
        return out.toByteArray();
    }

    private static ChunkFrame frame(ChunkId id, byte[] content) {
        try (ChunkCodec codec = new ChunkCodec(1)) {
            return codec.pack(id, content, 0, content.length);
        }
    }

    private static Manifest manifest(ChunkId id) {
        return manifest(id, "");
    }

    private static Manifest manifest(ChunkId id, String fileSystem) {
        ChunkTable.Builder chunks = new ChunkTable.Builder(1);
        chunks.set(0, id);
        Content blocks = new Content.Blocks(Content.Method.RAW, Extents.of(0, CONTENT.length), chunks.build());
        DiskImage disk = new DiskImage(
                1 << 20, 512, TableSectors.NONE, List.of(new Region(0, 0, CONTENT.length, fileSystem, blocks)));
        return new Manifest(START, "test", List.of(disk), List.of());
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[8192];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static Facts facts(String mac, String uuid) {
        return Facts.NONE.with(FactName.MAC, mac).with(FactName.UUID, uuid);
    }

    @Test
    void aStageFarSlowerThanOnOtherPcsOfTheModelIsSaid() throws Exception {
        Facts facts = ONE.with(FactName.MODEL, "OptiPlex 7090");
        List<StageTime> usual =
                List.of(new StageTime("fetch", 1L << 30, 10_000), new StageTime("write", 1L << 30, 4_000));
        for (long other = 100; other < 105; other++) {
            database.stageRates().add("OptiPlex 7090", "capture", other, usual, now);
        }
        database.works().assign(one, new Task.Capture("room12", List.of()), false, now);
        String token = boot(facts);
        hello(token, facts);
        List<StageTime> slow = List.of(new StageTime("fetch", 1L << 30, 100_000), usual.get(1));
        assertThat(engine.post("/engine/result", token, WorkCodec.encode(new Result.Done("captured", slow)))
                        .status())
                .isEqualTo(204);
        assertThat(database.alarms().open(9)).singleElement().satisfies(alarm -> {
            assertThat(alarm.device()).isEqualTo(one.id());
            assertThat(alarm.text()).contains("fetch is slow: 11 MB/s, other PCs of this model do 107", "100 Mbit/s");
        });
        assertThat(database.stageRates().others("OptiPlex 7090", "capture", 0).get("fetch"))
                .hasSize(6);
    }

    @Test
    void aLinkThatWasFasterIsSaidBeforeTheWorkBegins() throws Exception {
        hello(boot(ONE), ONE.with(FactName.LINK, "1000 full"));
        assertThat(events("slow")).isEmpty();
        hello(boot(ONE), ONE.with(FactName.LINK, "100 full"));
        assertThat(events("slow"))
                .singleElement()
                .asString()
                .startsWith("its network link runs at 100 Mbit/s, at an earlier boot it was 1000 Mbit/s");
    }

    @Test
    void aFullDiskIsAStatusOfItsOwnWhoeverMetIt() {
        IOException full = new IOException("No space left on device");
        assertThat(EnginePort.problem(full).status()).isEqualTo(507);
        Problem ofTheStore = EnginePort.problem(new ImageFailure("The image store takes no more", full, "make room"));
        assertThat(ofTheStore.status()).isEqualTo(507);
        assertThat(ofTheStore.cure()).isEqualTo("make room");
        assertThat(EnginePort.problem(new IOException("Connection reset")).status())
                .isEqualTo(500);
    }

    @Test
    void aFailingDiskOfTheServerIsNotAskedForAnHour() {
        for (String said : List.of("Input/output error", "manifests/x: Read-only file system")) {
            Problem problem = EnginePort.problem(
                    new ImageFailure("The image store takes no more", new IOException(said), "make room"));
            assertThat(problem.status()).isEqualTo(507);
            assertThat(problem.title()).isEqualTo("The server's disk fails");
            assertThat(problem.detail()).contains(said);
            assertThat(problem.cure()).contains("health of the disk");
        }
    }
}
