package firstlight.server.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Database;
import firstlight.database.Storage;
import firstlight.database.Topic;
import firstlight.image.store.DiskStore;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.MenuAccess;
import firstlight.model.MenuSetting;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.LastImage;
import firstlight.policy.NewDevice;
import firstlight.policy.NewDevices;
import firstlight.policy.Registration;
import firstlight.policy.RuleBook;
import firstlight.policy.Settings;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Task;
import firstlight.server.boots.TransactionLog;
import firstlight.server.images.ImageCare;
import firstlight.server.images.OtherSites;
import firstlight.server.images.Plans;
import firstlight.server.vault.Vault;
import firstlight.testkit.PostgresServer;
import firstlight.wire.work.Hello;
import firstlight.wire.work.WorkCodec;
import firstlight.wire.work.WorkOrder;
import io.undertow.Undertow;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PCs at a server whose PostgreSQL is away, and comes back. */
class OutageTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Facts ONE = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01");
    private static final Facts TWO = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:02");

    @TempDir
    private Path directory;

    @Test
    void knownPcsGoOnToTheirDiskAndEnginesAreToldToAskAgain() throws Exception {
        try (PostgresServer own = PostgresServer.start()) {
            Storage storage = new Storage.PostgreSql(own.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD);
            try (Database database = Database.open(storage, NOW)) {
                goThrough(own, database);
            }
        }
    }

    private void goThrough(PostgresServer own, Database database) throws Exception {
        Settings settings = new Settings(
                NewDevices.REGISTER,
                "Press F8",
                PolicyValues.NONE.with(draft -> draft.menu = Optional.of(new MenuSetting.Never())),
                Limits.NONE);
        Decisions decisions =
                new Decisions(database.repositories(_ -> OptionalInt.of(1)), () -> RuleBook.EMPTY, settings);
        Device one = database.devices().register(NewDevice.of(ONE, Registration.REGISTERED), NOW);
        Device two = database.devices().register(NewDevice.of(TWO, Registration.REGISTERED), NOW);
        database.devices().imaged(one.id(), Optional.of(new LastImage("room12", 1, List.of(), NOW)));
        database.works().assign(one, Task.Restore.of("room12", 1, List.of()), false, NOW); // it has that already
        database.works().assign(two, new Task.Inventory(), false, NOW);
        own.stopHard();

        assertThat(decisions.firstAnswer(ONE, NOW))
                .isInstanceOf(FirstAnswer.LocalBoot.class)
                .extracting(FirstAnswer::reasons)
                .asString()
                .contains("cannot be noted now");
        assertThat(decisions.firstAnswer(TWO, NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        String token = decisions.prebootAnswer(TWO, NOW).token();

        TransactionLog log = new TransactionLog(database.journal(), database.devices());
        ServerCertificate certificate = ServerCertificate.ensure(directory.resolve("tls"), NOW);
        try (var images = DiskStore.open(directory.resolve("images"))) {
            WorkDesk desk = new WorkDesk(
                    decisions, database, log, images, new Vault(directory), OtherSites.NONE, Optional.empty());
            Undertow undertow = Undertow.builder()
                    .addHttpsListener(
                            0,
                            "127.0.0.1",
                            certificate.sslContext(),
                            new EnginePort(
                                    database.journal(),
                                    desk,
                                    new ManualDesk(MenuAccess.CLOSED, database, images),
                                    new ImageCare(
                                            images, database.works(), Plans.of(database), database.alarms(), () -> NOW),
                                    () -> NOW))
                    .build();
            undertow.start();
            try {
                int port = ((InetSocketAddress)
                                undertow.getListenerInfo().getFirst().getAddress())
                        .getPort();
                FakeEngine engine = new FakeEngine(port, certificate);
                byte[] hello = WorkCodec.encode(new Hello("test", TWO.with(FactName.MEMORY_MIB, "8192")));
                FakeEngine.Reply away = engine.post("/engine/hello", token, hello);
                assertThat(away.status()).as(away.text()).isEqualTo(503);
                assertThat(away.problem().title()).isEqualTo("The server's database does not answer");
                assertThat(engine.post("/engine/hello", "another server's token", hello)
                                .status())
                        .as("who knows whether it is good")
                        .isEqualTo(503);

                CountDownLatch back = new CountDownLatch(1);
                database.onChange((topic, keys) -> {
                    if (topic == Topic.TRANSACTION) {
                        back.countDown();
                    }
                });
                own.startAgain();
                assertThat(back.await(60, TimeUnit.SECONDS)).as("it is back").isTrue();
                FakeEngine.Reply order = engine.post("/engine/hello", token, hello);
                assertThat(order.status()).as(order.text()).isEqualTo(200);
                assertThat(WorkCodec.decodeWorkOrder(order.body())).isInstanceOf(WorkOrder.Inventory.class);
                assertThat(database.devices()
                                .find(two.id())
                                .orElseThrow()
                                .facts()
                                .first(FactName.MEMORY_MIB))
                        .contains("8192");
            } finally {
                undertow.stop();
            }
        }
    }
}
