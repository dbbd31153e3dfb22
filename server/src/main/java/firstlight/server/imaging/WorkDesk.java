package firstlight.server.imaging;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Journal;
import firstlight.database.SessionStore;
import firstlight.database.WorkStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.model.Ipv4Address;
import firstlight.model.Scripts;
import firstlight.model.StageTime;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.Transactions;
import firstlight.policy.level.AfterWork;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.server.boots.TransactionLog;
import firstlight.server.images.OtherSites;
import firstlight.server.vault.Vault;
import firstlight.wire.work.After;
import firstlight.wire.work.Hello;
import firstlight.wire.work.Progress;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of work between an engine's hello and its result. Each method is one request of the engine of {@code boot}. For several
 * threads. {@link DatabaseUnreachable} comes out as it is, and the engine asks again.
 */
public final class WorkDesk {
    private static final Logger LOG = LoggerFactory.getLogger(WorkDesk.class);
    private final Decisions decisions;
    private final Database database;
    private final WorkStore works;
    private final SessionStore sessions;
    private final Journal journal;
    private final TransactionLog log;
    private final ImageStore store;
    private final SharedReading reading;
    private final StoredImages images;
    private final OwnVersions own;
    private final Orders orders;
    /** By transaction, and only here: who shares the database does not see it. */
    private final Map<Long, Progress> progress = new ConcurrentHashMap<>();
    /** Transactions that were told to wait: the journal says it once. */
    private final Set<Long> waiting = ConcurrentHashMap.newKeySet();

    private final SlowPcs slow;
    private final Optional<Streams> streams;

    /**
     * @param others servers that may have an image which this one lacks
     * @param streams of multicast sessions; where there are none, members of sessions fetch their image for themselves
     */
    public WorkDesk(
            Decisions decisions,
            Database database,
            TransactionLog log,
            ImageStore images,
            Vault vault,
            OtherSites others,
            Optional<Streams> streams) {
        this.slow = new SlowPcs(database, log);
        this.streams = streams.filter(Streams::isEnabled);
        this.database = database;
        this.decisions = decisions;
        this.works = database.works();
        this.sessions = database.sessions();
        this.journal = database.journal();
        this.log = log;
        this.store = images;
        this.reading = new SharedReading(images::list);
        this.images = new StoredImages(images);
        this.own = new OwnVersions(database, images);
        this.orders = new Orders(database, log, this.images, reading, own, vault, new Arrivals(others, log));
    }

    /** How far the engine of that boot is, as it said last. */
    public Optional<Progress> progress(long boot) {
        return Optional.ofNullable(progress.get(boot));
    }

    /** The streams of multicast sessions, where there are any. */
    public Optional<Streams> streams() {
        return streams;
    }

    /**
     * @param hello whose facts are the full ones: by them the device is known, whatever firmware showed
     * @param local the address of this server that the engine speaks to
     * @throws IOException when what the order needs of the store or vault cannot be read
     */
    WorkOrder hello(Boot boot, Hello hello, Optional<Ipv4Address> local, Instant now) throws IOException {
        log.append(boot, now, "hello", hello.engine());
        if (hello.maintenance()) {
            return new WorkOrder.Maintenance(
                    new WorkOrder.Heading(boot.id(), boot.mac(), After.REBOOT, List.of("chosen in the menu")));
        }
        readVersions(boot, now);
        Optional<Device> before = database.devices().find(boot.device());
        before.ifPresent(known -> FailingDisks.look(known, hello.facts(), database, now));
        Decisions.Order order = decisions.order(boot.device(), hello.facts(), boot.id(), now);
        WorkOrder answer = answer(boot, order, local, now);
        if (isToBeTold(boot, answer)) {
            String told = OrderWords.of(answer) + answer.heading().scripts().words() + ": "
                    + String.join("; ", answer.heading().reasons());
            log.append(boot, now, "order", told);
            slow.link(boot, before, hello.facts(), now);
        }
        return answer;
    }

    /**
     * First packets do not wait for the store to be read after a start; what a disk is to get does.
     *
     * @throws IOException when it cannot be read, and a restore may begin: of the newest nobody knows then whether the device has it
     */
    private void readVersions(Boot boot, Instant now) throws IOException {
        if (store.newest().isEmpty() && goesByVersions(boot, now)) {
            try {
                reading.read();
            } catch (IOException unread) {
                if (!beginsWithoutStore(boot, now)) {
                    throw unread;
                }
                LOG.warn("the image store cannot be read", unread);
            }
        }
    }

    private WorkOrder answer(Boot boot, Decisions.Order order, Optional<Ipv4Address> local, Instant now)
            throws IOException {
        return switch (order) {
            case Decisions.Order.Begin(
                    Device device,
                    Work work,
                    AfterWork after,
                    boolean addOnsOnly,
                    Scripts scripts,
                    List<String> reasons) -> {
                After next = after == AfterWork.POWER_OFF ? After.POWER_OFF : After.REBOOT;
                WorkOrder given = orders.begin(
                        boot,
                        device,
                        work,
                        addOnsOnly,
                        new WorkOrder.Heading(boot.id(), device.name(), next, reasons, scripts),
                        now);
                yield streams.isPresent() ? streams.get().streamed(given, work, sessions, local, now) : given;
            }
            case Decisions.Order.Wait(Device device, Duration pause, List<String> reasons) ->
                new WorkOrder.Wait(
                        new WorkOrder.Heading(boot.id(), device.name(), After.REBOOT, reasons),
                        Math.toIntExact(pause.toSeconds()));
            case Decisions.Order.Nothing(Optional<Device> device, List<String> reasons) ->
                new WorkOrder.NoWork(new WorkOrder.Heading(
                        boot.id(), device.map(Device::name).orElse("unknown"), After.REBOOT, reasons));
        };
    }

    /** An engine that waits asks every few seconds; the journal is told once. */
    private boolean isToBeTold(Boot boot, WorkOrder answer) {
        if (answer instanceof WorkOrder.Wait) {
            return waiting.add(boot.id());
        }
        waiting.remove(boot.id());
        return true;
    }

    /**
     * Whether an image's newest version may decide what that PC gets: whether it has that already, and where an add-on alone is missing, that
     * its disk is not erased. Work that was tried before may be over when this boot asks; what is behind it, or a rule's, is begun then.
     */
    private boolean goesByVersions(Boot boot, Instant now) {
        if (boot.device() == Transactions.NOBODY) { // its full facts tell whose it is
            return true;
        }
        boolean mayBeNext =
                works.open().stream().anyMatch(work -> work.device() == boot.device() && laysDown(work.task()));
        boolean isFirst = works.current(boot.device(), now)
                .filter(work -> work.attempts() == 0)
                .isPresent();
        return mayBeNext
                || (!isFirst
                        && database.policy().book().rules().stream()
                                .anyMatch(rule -> rule.enabled() && laysDown(rule.task())));
    }

    /** Whether what begins now is known, and lays nothing down: not so at a boot of nobody's, nor where what was tried before may be over. */
    private boolean beginsWithoutStore(Boot boot, Instant now) {
        return boot.device() != Transactions.NOBODY
                && works.current(boot.device(), now)
                        .filter(work -> work.attempts() == 0 && !laysDown(work.task()))
                        .isPresent();
    }

    private static boolean laysDown(Task task) {
        return switch (task) {
            case Task.Restore _, Task.Join _ -> true;
            case Task.Capture _, Task.Inventory _, Task.Maintenance _, Task.Script _, Task.Wipe _ -> false;
        };
    }

    /** False when the work was cancelled meanwhile. Kept in memory; the journal gets each phase, each tenth of it and each note. */
    boolean progress(Boot boot, Progress said, Instant now) {
        Optional<Work> running = running(boot, now);
        if (running.isEmpty()) {
            return false;
        }
        works.heard(running.get().id(), now); // limits do not count silent engines
        Progress before = progress.put(boot.id(), said);
        boolean news = !said.note().isEmpty() && (before == null || !said.note().equals(before.note()));
        if (news || before == null || !before.phase().equals(said.phase()) || tenth(before) != tenth(said)) {
            log.append(boot, now, "progress", words(said));
        }
        return true;
    }

    /**
     * Once: what an engine says again is noted, and changes nothing. The work's next state is the policy's ({@link Decisions#done},
     * {@link Decisions#failed}).
     */
    void result(Boot boot, Result result, Instant now) {
        progress.remove(boot.id());
        Optional<Work> running = running(boot, now);
        boolean over = running.isEmpty() && (boot.state() == Boot.State.DONE || boot.state() == Boot.State.FAILED);
        if (over) { // its first answer was lost, or another engine has the same token
            log.append(boot, now, "result", "said after its end: " + words(result));
            return;
        }
        switch (result) {
            case Result.Done(String summary, List<StageTime> stages) -> {
                running.ifPresent(work -> decisions.done(work, summary, now));
                log.append(boot, now, "result", "done: " + describe(running) + summary);
                running.ifPresent(work -> slow.stages(boot, work, stages, now));
                journal.change(boot, Boot.State.DONE, boot.device(), now);
            }
            case Result.Failed _ -> {
                String why = words(result);
                log.append(boot, now, "result", "failed: " + describe(running) + why);
                running.ifPresent(work -> {
                    Work next = decisions.failed(work, why, now);
                    log.append(
                            boot,
                            now,
                            "failure",
                            next.state() == WorkState.FAILED
                                    ? work.describe() + " has failed " + work.attempts()
                                            + " times and stops; mend the cause and assign it again"
                                    : work.describe() + " will be tried again at the next boot (attempt "
                                            + work.attempts() + ")");
                });
                journal.change(boot, Boot.State.FAILED, boot.device(), now);
            }
        }
    }

    /** Why the engine may not do what it asks for. */
    NotItsWork refused(Boot boot, Instant now) {
        return NotItsWork.of(boot, database, now);
    }

    /**
     * What the engine may do now.
     *
     * @throws IOException when the store cannot be read
     */
    Grant grant(Boot boot, Instant now) throws IOException {
        Optional<Task> task = running(boot, now).map(Work::task);
        if (task.isEmpty()) {
            return new Grant.Nothing();
        }
        return switch (task.get()) {
            case Task.Capture capture -> new Grant.Capture(new ImageName(capture.image()));
            case Task.Restore restore -> grant(restore);
            case Task.Join(long session) -> {
                Optional<Task.Restore> restore = sessions.find(session).map(Session::restore);
                yield restore.isPresent() ? grant(restore.get()) : new Grant.Nothing();
            }
            case Task.Inventory _, Task.Maintenance _, Task.Script _, Task.Wipe _ -> new Grant.Nothing();
        };
    }

    private Grant grant(Task.Restore restore) throws IOException {
        return switch (images.find(restore)) {
            case StoredImages.Found.All(ImageVersion base, List<ImageVersion> addOns) ->
                new Grant.Restore(base, addOns);
            case StoredImages.Found.Absent _, StoredImages.Found.Missing _ -> new Grant.Nothing();
        };
    }

    /** Why what the engine captured becomes no version; empty when it may. */
    Optional<String> mayNotPublish(Boot boot, Instant now) throws IOException {
        Optional<Work> work = running(boot, now);
        return work.isPresent() && work.get().task() instanceof Task.Capture capture
                ? own.refusal(capture)
                : Optional.empty();
    }

    /** After the version is in the store: its history gets who made it, which is no part of what is hashed. */
    void published(Boot boot, ImageVersion version, Instant now) throws IOException {
        Optional<Work> work = running(boot, now);
        store.change(version, notes -> OwnVersions.noted(notes, work, boot.mac(), now));
        log.append(boot, now, "image", version.image() + " version " + version.number() + " is in the store");
    }

    /** The work that this very transaction began. */
    private Optional<Work> running(Boot boot, Instant now) {
        return works.current(boot.device(), now)
                .filter(work -> work.state() == WorkState.RUNNING && work.transaction() == boot.id());
    }

    private static String describe(Optional<Work> work) {
        return work.map(each -> each.describe() + ": ").orElse("");
    }

    private static String words(Result result) {
        return switch (result) {
            case Result.Done(String summary, List<StageTime> _) -> summary;
            case Result.Failed(String what, String cause, String cure) ->
                what + ": " + cause + (cure.isEmpty() ? "" : " (" + cure + ")");
        };
    }

    private static long tenth(Progress progress) {
        return progress.total() == 0 ? 0 : progress.done() * 10 / progress.total();
    }

    private static String words(Progress said) {
        String share = said.total() == 0 ? "" : " " + said.done() * 100 / said.total() + " %";
        String rate = said.bytesPerSecond() == 0 ? "" : ", " + said.bytesPerSecond() / 1_000_000 + " MB/s";
        return said.phase() + share + rate + (said.note().isEmpty() ? "" : ", " + said.note());
    }
}
