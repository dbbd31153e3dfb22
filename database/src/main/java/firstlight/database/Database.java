package firstlight.database;

import firstlight.policy.Images;
import firstlight.policy.Repositories;
import firstlight.policy.access.Accounts;
import firstlight.policy.access.AuditLog;
import firstlight.policy.access.Confirmations;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The server's memory. Everything that was answered as done is still there after a restart. One for each server process. Its stores may
 * be called from any thread; what answers packets is read from pictures in memory.
 */
public final class Database implements AutoCloseable {
    private final Backend backend;
    private final Changes changes;
    private final DeviceStore devices;
    private final WorkStore works;
    private final SessionStore sessions;
    private final PolicyStore policy;
    private final QuestionStore questions;
    private final ScheduleStore schedules;
    private final AlarmStore alarms;
    private final StageRateStore stageRates;
    private final Journal journal;
    private final AccountStore accounts;
    private final AuditStore audit;
    private final ConfirmationStore confirmations;
    private final Housekeeping housekeeping;
    private final @Nullable PostgresWatch watch;

    private Database(Backend backend, Instant now) {
        this.backend = backend;
        Migrations.apply(backend);
        this.changes = new Changes(backend);
        SessionRows sessionRows = new SessionRows(backend, changes);
        // The order is that of who needs whom. Nobody is told anything before reload, below, has filled the pictures.
        this.policy = new PolicyStore(backend, changes);
        this.works = new WorkStore(backend, changes, sessionRows);
        this.devices = new DeviceStore(backend, changes, policy, works);
        this.sessions = new SessionStore(backend, sessionRows, works);
        changes.listen(this::forgetRemoved);
        this.alarms = new AlarmStore(backend, changes);
        this.questions = new QuestionStore(backend, changes, alarms);
        this.schedules = new ScheduleStore(backend, changes);
        this.stageRates = new StageRateStore(backend);
        this.journal = new Journal(backend, changes, now);
        this.accounts = new AccountStore(backend, now);
        this.audit = new AuditStore(backend);
        this.confirmations = new ConfirmationStore(backend);
        backend.jdbi().useHandle(changes::reload);
        this.housekeeping = new Housekeeping(List.of(devices::flush, works::flush, alarms::flush, changes::forgetOld));
        this.watch = backend instanceof PostgresBackend postgres ? new PostgresWatch(postgres, changes) : null;
    }

    /** Embedded in {@code directory}. */
    public static Database open(Path directory, Instant now) {
        return open(new Storage.Embedded(directory), now);
    }

    /**
     * Brings the schema up to date and reads the pictures; a PostgreSQL that is away at this moment is a {@link DatabaseFailure}, too.
     *
     * @param now tokens and sign-ins whose time is over then are taken away
     * @throws DatabaseFailure when it cannot be used as it is
     */
    public static Database open(Storage storage, Instant now) {
        Backend backend = switch (storage) {
            case Storage.Embedded(Path directory) -> new SqliteBackend(directory);
            case Storage.PostgreSql postgres -> new PostgresBackend(postgres);
        };
        try {
            return new Database(backend, now);
        } catch (JdbiException | DatabaseUnreachable e) {
            backend.close();
            throw switch (storage) {
                case Storage.Embedded(Path directory) -> DatabaseFailure.unusable(directory, e);
                case Storage.PostgreSql postgres -> DatabaseFailure.of(postgres, e);
            };
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    /** Tells of each committed change, of this server and of those that share the database. The listener must not block. */
    public void onChange(BiConsumer<Topic, Set<Long>> listener) {
        changes.listen(listener::accept);
    }

    /**
     * All that {@code work} keeps in this database is there when it returns, or nothing of it. Devices are not entered in it: that is
     * {@link DeviceStore#together}, which takes its lock first.
     *
     * @throws DatabaseUnreachable when nothing can be written now
     */
    public <T> T atomically(Supplier<T> work) {
        return backend.write(_ -> work.get());
    }

    /**
     * Does {@code change} if {@code check} still holds when its first write has locked what it changes: of two editors, at
     * whatever servers, one is told.
     *
     * @param check throws {@link ChangedMeanwhile} when it does not hold; then nothing was kept
     */
    public <T, X extends Exception> T provided(Runnable check, ScopedValue.CallableOp<T, X> change) throws X {
        return Precondition.during(check, change);
    }

    /** Takes away tokens and sign-ins whose time is over. They opened nothing any more. */
    public void forgetExpired(Instant now) {
        journal.forgetExpired(now);
        accounts.forgetExpired(now);
    }

    /**
     * Takes away the transactions that ended before {@code moment}, with their events, and the work that persons and schedules gave and
     * that ended before it, and alarms that were dismissed.
     *
     * @return how many of all
     */
    public int forgetBefore(Instant moment) {
        Retention retention = new Retention(backend);
        return retention.boots(moment) + retention.works(moment) + retention.alarms(moment);
    }

    /**
     * Whoever removed the device, at whatever server: the rows of its work went in the same transaction, which announced the device only.
     */
    private void forgetRemoved(Topic topic, Set<Long> numbers) {
        if (topic == Topic.DEVICE) {
            for (long number : numbers) {
                if (devices.find(number).isEmpty()) {
                    works.forget(number);
                }
            }
        }
    }

    /** What decisions look at and leave, in this database all but the images. */
    public Repositories repositories(Images images) {
        return new Repositories(devices, works, journal, questions, alarms, images);
    }

    public DeviceStore devices() {
        return devices;
    }

    public WorkStore works() {
        return works;
    }

    public SessionStore sessions() {
        return sessions;
    }

    public PolicyStore policy() {
        return policy;
    }

    public QuestionStore questions() {
        return questions;
    }

    public ScheduleStore schedules() {
        return schedules;
    }

    public StageRateStore stageRates() {
        return stageRates;
    }

    public AlarmStore alarms() {
        return alarms;
    }

    public Journal journal() {
        return journal;
    }

    public Accounts accounts() {
        return accounts;
    }

    public AuditLog audit() {
        return audit;
    }

    public Confirmations confirmations() {
        return confirmations;
    }

    @Override
    public void close() {
        try (backend;
                journal;
                housekeeping) {
            if (watch != null) {
                watch.close();
            }
        }
    }
}
