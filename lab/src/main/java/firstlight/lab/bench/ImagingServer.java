package firstlight.lab.bench;

import firstlight.database.Database;
import firstlight.image.Progress;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MenuAccess;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.work.Task;
import firstlight.server.boots.TransactionLog;
import firstlight.server.images.ImageCare;
import firstlight.server.images.OtherSites;
import firstlight.server.images.Plans;
import firstlight.server.imaging.EnginePort;
import firstlight.server.imaging.ManualDesk;
import firstlight.server.imaging.ServerCertificate;
import firstlight.server.imaging.WorkDesk;
import firstlight.server.vault.Vault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server's engine port alone in its process, over a database and a store of its own, with one PC. Tells its port and pin; then each
 * line of standard input is a start of that PC: {@code capture} and {@code restore} assign that work before, {@code boot}
 * nothing, {@code forget} takes all images away. The answer is the transaction's token.
 */
final class ImagingServer implements InstantSource {
    /** A start soon after another one would be the same transaction. */
    private static final Duration BETWEEN = Duration.ofMinutes(5);

    static final String IMAGE = "bench";
    static final Facts PC = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01").with(FactName.SERIAL, "BENCH1");

    /** How often the PC has started. The server's clock goes by it, so that no start has to wait for minutes to pass. */
    private final AtomicInteger starts;

    private ImagingServer(int starts) {
        this.starts = new AtomicInteger(starts);
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(BETWEEN.multipliedBy(starts.get()));
    }

    /** @param arguments its folder, its port or 0 for any, and how often the PC has started already */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        ImagingServer clock = new ImagingServer(Integer.parseInt(arguments[2]));
        Instant now = clock.instant();
        try (Database database = Database.open(folder.resolve("database"), now);
                ImageStore images = DiskStore.open(folder.resolve("images"))) {
            Decisions decisions = KnownDevices.decisions(database);
            TransactionLog log = new TransactionLog(database.journal(), database.devices());
            WorkDesk desk = new WorkDesk(
                    decisions, database, log, images, new Vault(folder), OtherSites.NONE, Optional.empty());
            ManualDesk manual = new ManualDesk(MenuAccess.CLOSED, database, images);
            ImageCare care = new ImageCare(images, database.works(), Plans.of(database), database.alarms(), clock);
            ServerCertificate certificate = ServerCertificate.ensure(folder.resolve("tls"), now);
            EnginePort door = new EnginePort(database.journal(), desk, manual, care, clock);
            try (EngineListener listener = EngineListener.start(Integer.parseInt(arguments[1]), certificate, door)) {
                System.out.println(listener.port() + " " + certificate.fingerprint());
                clock.boots(database, care, decisions);
            }
        }
    }

    /** The PC is registered at the first start over a database, and found there by a server that was started again. */
    private void boots(Database database, ImageCare care, Decisions decisions) throws IOException {
        Device pc = database.devices().all().stream()
                .findFirst()
                .orElseGet(() -> database.devices().register(NewDevice.of(PC, Registration.REGISTERED), instant()));
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("forget")) {
                for (ImageVersion version : care.images().list()) {
                    care.images().remove(version, new VersionNotes.Entry(instant(), "bench", "removed"));
                }
                care.collect(false, Progress.SILENT); // with what captures that have ended held
                System.out.println("forgotten");
                continue;
            }
            switch (line) {
                case "capture" -> database.works().assign(pc, new Task.Capture(IMAGE, List.of()), false, instant());
                case "restore" -> {
                    database.devices().imaged(pc.id(), Optional.empty()); // it has that image, but not any more
                    database.works().assign(pc, Task.Restore.of(IMAGE, 0, List.of()), false, instant());
                }
                default -> {
                    // the work that it has already
                }
            }
            starts.incrementAndGet(); // to the server, minutes lie between
            System.out.println(decisions.prebootAnswer(PC, instant()).token());
        }
    }
}
