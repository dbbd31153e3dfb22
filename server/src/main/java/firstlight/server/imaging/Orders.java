package firstlight.server.imaging;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Journal;
import firstlight.database.SessionStore;
import firstlight.database.WorkStore;
import firstlight.image.store.ImageName;
import firstlight.model.IoReason;
import firstlight.policy.Device;
import firstlight.policy.work.AddOnName;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.server.boots.TransactionLog;
import firstlight.server.vault.Vault;
import firstlight.wire.work.After;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the engine that has begun some work is told to do. Called once for each hello that finds work, by the thread that serves the
 * engine; it gives no order of which an image is not here.
 */
final class Orders {
    private final Database database;
    private final WorkStore works;
    private final SessionStore sessions;
    private final Journal journal;
    private final TransactionLog log;
    private final StoredImages images;
    private final SharedReading reading;
    private final OwnVersions own;
    private final Vault vault;
    private final Arrivals arrivals;
    private final SafeIdentity safe;

    /**
     * @param reading of the store, once for all that wait for it
     * @param arrivals of images that are not here yet
     */
    Orders(
            Database database,
            TransactionLog log,
            StoredImages images,
            SharedReading reading,
            OwnVersions own,
            Vault vault,
            Arrivals arrivals) {
        this.reading = reading;
        this.own = own;
        this.database = database;
        this.works = database.works();
        this.sessions = database.sessions();
        this.journal = database.journal();
        this.log = log;
        this.images = images;
        this.vault = vault;
        this.arrivals = arrivals;
        this.safe = new SafeIdentity(database.devices());
    }

    /**
     * The order; where an image for it is not here, that the engine waits for it, or that there is none and why.
     *
     * @param boot which goes on as {@link Boot.State#IMAGING}, whatever is answered
     * @param addOnsOnly the base is on the disk already, with its version: nothing is erased
     * @param heading of the answer; a refusal has one of its own
     * @throws IOException when the store, or for a capture the vault, cannot be read
     */
    WorkOrder begin(Boot boot, Device device, Work work, boolean addOnsOnly, WorkOrder.Heading heading, Instant now)
            throws IOException {
        journal.change(boot, Boot.State.IMAGING, device.id(), now);
        Optional<String> refusal =
                work.task() instanceof Task.Capture capture ? refusal(boot, capture, now) : Optional.empty();
        if (refusal.isPresent()) {
            return refuse(boot, device, work, refusal.get(), now);
        }
        return switch (work.task()) {
            case Task.Capture capture ->
                CaptureOrder.of(
                        heading, capture, passphrases(device, "what is encrypted may be taken as it is", boot, now));
            case Task.Inventory _ -> new WorkOrder.Inventory(heading);
            case Task.Maintenance _ -> new WorkOrder.Maintenance(heading);
            case Task.Restore restore ->
                switch (images.find(restore)) {
                    case StoredImages.Found.Absent(Task.Restore what) -> absent(what, boot, device, work, heading, now);
                    case StoredImages.Found.Missing(String why) -> refuse(boot, device, work, why, now);
                    case StoredImages.Found.All found -> {
                        Task.Restore exact = restore.withVersions(found.base().number(), found.names());
                        // From now on it is this version, whatever is published
                        // meanwhile: an engine that begins again gets the same.
                        works.keep(work.pinned(exact));
                        yield restore(heading.withImageSafe(safe.of(device)), device, exact, addOnsOnly)
                                .opening(addOnsOnly ? List.of() : passphrases(found, device, boot, now));
                    }
                };
            case Task.Script(String name, String text) -> new WorkOrder.Script(heading, name, text);
            case Task.Wipe(List<String> disks, Task.WipeMethod method) ->
                new WorkOrder.Wipe(heading, disks, method(method));
            case Task.Join(long session) -> join(session, boot, device, work, heading, now);
        };
    }

    /** While the store cannot be read that question is left to the publishing: until then a capture needs nothing of the store. */
    private Optional<String> refusal(Boot boot, Task.Capture capture, Instant now) {
        if (capture.maker().isEmpty()) {
            return Optional.empty();
        }
        try {
            reading.read();
            return own.refusal(capture);
        } catch (IOException unread) {
            log.append(
                    boot,
                    now,
                    "image",
                    "whether " + capture.maker() + " may add a version to '" + capture.image()
                            + "' is asked when it is published: the image store cannot be read (" + IoReason.of(unread)
                            + ")");
            return Optional.empty();
        }
    }

    /** Of add-ons alone only those that the device lacks. */
    private static WorkOrder.Restore restore(
            WorkOrder.Heading heading, Device device, Task.Restore exact, boolean addOnsOnly) {
        List<String> names = addOnsOnly
                ? device.lastImage().map(last -> last.missing(exact.addOns())).orElse(exact.addOns())
                : exact.addOns();
        return new WorkOrder.Restore(
                heading,
                exact.image(),
                exact.version(),
                exact.disks(),
                device.name(),
                exact.options(),
                names.stream()
                        .map(AddOnName::of)
                        .map(name -> new WorkOrder.Restore.AddOn(name.image(), name.version()))
                        .toList(),
                addOnsOnly);
    }

    /** The session has begun. */
    private WorkOrder join(long number, Boot boot, Device device, Work work, WorkOrder.Heading heading, Instant now)
            throws IOException {
        Optional<Task.Restore> wanted = sessions.find(number).map(Session::restore);
        if (wanted.isEmpty()) {
            return refuse(boot, device, work, "there is no session " + number, now);
        }
        StoredImages.Found newest = images.find(wanted.get());
        Task.Restore restore = wanted.get();
        // The first member's newest is every member's: a later version must not come into the stream.
        if (newest instanceof StoredImages.Found.All all) {
            restore = sessions.pinned(number, all.base().number())
                    .map(Session::restore)
                    .orElse(restore);
        }
        StoredImages.Found found = images.find(restore);
        if (found instanceof StoredImages.Found.Absent) {
            return absent(restore, boot, device, work, heading, now);
        }
        if (found instanceof StoredImages.Found.Missing(String why)) {
            return refuse(boot, device, work, why, now);
        }
        return new WorkOrder.Restore(
                        heading.withImageSafe(safe.of(device)),
                        restore.image(),
                        restore.version(),
                        restore.disks(),
                        device.name())
                .opening(found instanceof StoredImages.Found.All all ? passphrases(all, device, boot, now) : List.of());
    }

    /**
     * Those that are for {@code device}: anybody on its network can say that he is it, and has those of no other then. Work goes on
     * without those that cannot be read.
     *
     * @param without what then happens
     */
    private List<String> passphrases(Device device, String without, Boot boot, Instant now) {
        Set<String> called = new HashSet<>(Set.of(called("device", device.name())));
        database.policy().book().groups().upwards(device.group()).stream()
                .map(group -> called("group", group.name()))
                .forEach(called::add);
        try {
            Vault.Found found = vault.find(whom -> called.contains(whom.toLowerCase(Locale.ROOT)));
            for (String unfit : found.unfit()) {
                log.append(boot, now, "image", without + ": " + unfit);
                database.alarms().raise(0, unfit, now);
            }
            return found.passphrases();
        } catch (IOException unreadable) {
            String why = "the vault cannot be read (" + IoReason.withFile(unreadable) + ")";
            log.append(boot, now, "image", without + ": " + why);
            database.alarms().raise(0, why, now);
            return List.of();
        }
    }

    private static String called(String kind, String name) {
        return kind + ":" + name.toLowerCase(Locale.ROOT);
    }

    /** For an image with an encrypted partition, and for no other. Without them it is restored as well, as long as it fits. */
    private List<String> passphrases(StoredImages.Found.All found, Device device, Boot boot, Instant now) {
        return found.base().encrypted()
                ? passphrases(device, "what is encrypted in " + found.base().name() + " may stay as it is", boot, now)
                : List.of();
    }

    /** The image is not here: the engine waits while it comes from another server, or the work ends. */
    private WorkOrder absent(
            Task.Restore restore, Boot boot, Device device, Work work, WorkOrder.Heading heading, Instant now)
            throws IOException {
        return switch (arrivals.ask(boot, restore, now)) {
            case Arrivals.Answer.Wait(String why, int seconds) -> {
                untouched(device);
                yield new WorkOrder.Wait(
                        new WorkOrder.Heading(boot.id(), device.name(), heading.after(), List.of(why)), seconds);
            }
            case Arrivals.Answer.No(String why) -> refuse(boot, device, work, missing(restore) + why, now);
        };
    }

    private static String missing(Task.Restore restore) {
        return "there is no image '" + ImageName.reference(restore.image(), restore.version()) + "' in the store";
    }

    private static WorkOrder.Wipe.Method method(Task.WipeMethod method) {
        return switch (method) {
            case SIGNATURES -> WorkOrder.Wipe.Method.SIGNATURES;
            case ZEROS -> WorkOrder.Wipe.Method.ZEROS;
            case RANDOM -> WorkOrder.Wipe.Method.RANDOM;
            case DEVICE -> WorkOrder.Wipe.Method.DEVICE;
        };
    }

    /** It gets no order: what its disk held is on it still, and no rule may lay it down once more. */
    private void untouched(Device device) {
        if (device.lastImage().isPresent()) {
            database.devices().imaged(device.id(), device.lastImage());
        }
    }

    private WorkOrder refuse(Boot boot, Device device, Work work, String why, Instant now) {
        untouched(device);
        works.keep(work.givenUp(why, now));
        log.append(boot, now, "failure", work.describe() + ": " + why);
        return new WorkOrder.NoWork(new WorkOrder.Heading(boot.id(), device.name(), After.REBOOT, List.of(why)));
    }
}
