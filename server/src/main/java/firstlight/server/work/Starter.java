package firstlight.server.work;

import firstlight.database.Database;
import firstlight.policy.Device;
import firstlight.policy.RuleBook;
import firstlight.policy.work.Schedule;
import firstlight.policy.work.Session;
import firstlight.policy.work.Work;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds what is due: schedules give out their work, devices are woken for theirs,
 * and once a day expired tokens and old transactions go. Of several servers on one database one
 * fires a schedule: in the transaction that gives out the work, and only if nobody else moved it on.
 */
public final class Starter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);
    /** A schedule's work may be so much late. */
    private static final int LOOK_SECONDS = 5;

    private static final Duration SWEEP = Duration.ofDays(1);
    /** From the start to the first time that old transactions go. */
    private static final Duration SETTLED = Duration.ofMinutes(10);

    private static final Duration FAR = Duration.ofDays(60);
    private static final String JUMPED =
            "this server's clock jumped by more than an hour; until it is certain which time is right, schedules give"
                    + " out nothing for an hour, work with a time (--at) that came by the jump waits as long, and old"
                    + " transactions stay for six (after a suspended host this is no fault; the log has the times)";

    private final Database database;
    private final WakeOnLan wakeOnLan;
    private final Consumer<Instant> besides;
    private final Waking waking = new Waking();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("starter").daemon().factory());

    private final Duration keep;
    private final ClockJumps jumps;
    /** When expired tokens went last; {@link #tidied} when old transactions did. Of the looking thread, as {@link #settled}. */
    private Instant swept;

    private Instant tidied;
    /** False after a jump back, until schedules that fired too early were set right. */
    private boolean settled = true;

    /** @param now the database was swept when it was opened */
    private Starter(
            Database database, WakeOnLan wakeOnLan, Duration keep, Consumer<Instant> besides, Instant now, long nanos) {
        this.database = database;
        this.besides = besides;
        this.wakeOnLan = wakeOnLan;
        this.keep = keep;
        this.jumps = new ClockJumps(now, nanos);
        this.swept = now;
        this.tidied = now.minus(SWEEP).plus(SETTLED); // of servers that run by day only, too
    }

    /**
     * @param keep how long transactions are kept; zero for ever
     * @param besides looks at each time as well, behind this
     */
    public static Starter start(
            Database database, WakeOnLan wakeOnLan, Duration keep, Consumer<Instant> besides, InstantSource clock) {
        Starter starter = new Starter(database, wakeOnLan, keep, besides, clock.instant(), System.nanoTime());
        var _ = starter.looking.scheduleWithFixedDelay(
                () -> starter.lookSafely(clock.instant(), System.nanoTime()),
                LOOK_SECONDS,
                LOOK_SECONDS,
                TimeUnit.SECONDS);
        return starter;
    }

    /** Without its own thread, for tests. */
    static Starter idle(Database database, Duration keep, Instant now) {
        return new Starter(database, new WakeOnLan(), keep, _ -> {}, now, 0);
    }

    private void lookSafely(Instant now, long nanos) {
        attempt(() -> look(now, nanos));
        attempt(() -> besides.accept(now));
    }

    private static void attempt(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException e) {
            // The database may be away for a moment; the next look finds what was due meanwhile.
            LOG.warn("what is due cannot be looked at: {}", e.getMessage());
        }
    }

    /** @param nanos of a clock that nobody can set */
    void look(Instant now, long nanos) {
        Optional<String> jump = jumps.look(now, nanos);
        database.works().holdBack(jumps.believed());
        jump.ifPresent(told -> {
            LOG.warn("{}: nothing becomes due by it for an hour, and old transactions stay for six", told);
            database.alarms().raise(0, JUMPED, now);
            settled &= !jumps.wentBack();
            swept = earlier(swept, now);
            tidied = earlier(tidied, now);
        });
        if (jumps.mayTake()) {
            sweep(now);
        }
        if (jumps.mayGive()) {
            if (!settled) {
                settle(now);
                settled = true;
            }
            giveOut(now);
        }
        for (Session session : database.sessions().look(now)) {
            LOG.info("{} {}: {}", session.describe(), session.isOpen() ? "begins" : "is over", session.outcome());
        }
        for (Work work : sleepers(now)) {
            database.devices().find(work.device()).ifPresent(device -> {
                int sent = wakeOnLan.wake(device.facts());
                LOG.info("{}: '{}' is woken for it ({} packets)", work.describe(), device.name(), sent);
            });
        }
    }

    /** Whose devices are to be woken; by a clock that has just jumped none whose time has come by that. */
    List<Work> sleepers(Instant now) {
        Instant due = jumps.believed().map(until -> earlier(until, now)).orElse(now);
        return waking.due(database.works().open(), due);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private void sweep(Instant now) {
        if (!now.isBefore(swept.plus(SWEEP))) {
            database.forgetExpired(now);
            swept = now;
        }
        if (!keep.isZero() && !now.isBefore(tidied.plus(SWEEP))) {
            // Before it is done: what fails is not tried again every few seconds.
            tidied = now;
            int gone = database.forgetBefore(now.minus(keep));
            if (gone > 0) {
                LOG.info(
                        "{} transactions, works and dismissed alarms of more than {} days ago were taken away",
                        gone,
                        keep.toDays());
            }
        }
    }

    /**
     * A schedule that fired while the clock was ahead would stay silent until that time comes. Only after this server saw its clock go back,
     * and by far: one that is behind, here or at another server, must not bring back what has been given out. What is not so far, and
     * may be right, is told.
     */
    private void settle(Instant now) {
        List<String> late = new ArrayList<>();
        for (Schedule schedule : database.schedules().all()) {
            if (!schedule.enabled() || schedule.next().isEmpty()) {
                continue;
            }
            Optional<Instant> next = Cron.next(schedule.cron(), schedule.zone(), now.plus(ClockJumps.JUMP));
            if (next.isEmpty() || !schedule.next().get().isAfter(next.get())) {
                continue;
            }
            if (!schedule.next().get().isAfter(next.get().plus(FAR))) {
                late.add("'" + schedule.name() + "' at " + schedule.next().get());
            } else if (database.schedules().fired(schedule, next)) {
                LOG.warn(
                        "schedule '{}' was to come no earlier than {}: it comes at {} now",
                        schedule.name(),
                        schedule.next().get(),
                        next.get());
            }
        }
        if (!late.isEmpty()) {
            String text = "schedules that gave out work while this server's clock was ahead come late: "
                    + String.join(", ", late) + "; firstlight schedule off, then on, has them come at their next time";
            database.alarms().raise(0, text, now);
        }
    }

    private void giveOut(Instant now) {
        for (Schedule schedule : database.schedules().due(now)) {
            int given;
            try {
                given = database.atomically(() -> fire(schedule, now));
            } catch (RuntimeException e) { // one whose words a newer server wrote must not hold up the others
                LOG.warn("schedule '{}' cannot be looked at: {}", schedule.name(), e.getMessage());
                continue;
            }
            if (given >= 0) {
                LOG.info(
                        "schedule '{}' gave out {} to {} devices",
                        schedule.name(),
                        schedule.task().words(),
                        given);
            }
        }
    }

    /** How many devices got work; -1 when another server was faster. A time that was slept through is made good once. */
    private int fire(Schedule schedule, Instant now) {
        Optional<Instant> next = Cron.next(schedule.cron(), schedule.zone(), now);
        if (!database.schedules().fired(schedule, next)) {
            return -1;
        }
        Set<Long> idle = devices(schedule);
        // A device that was off last night does not get the same work twice.
        database.works().open().stream()
                .filter(work -> work.terms().schedule() == schedule.id())
                .map(Work::device)
                .forEach(idle::remove);
        return database.works()
                .create(idle, schedule.task(), schedule.terms().ofSchedule(schedule.id()), now)
                .size();
    }

    private Set<Long> devices(Schedule schedule) {
        Set<Long> all = new LinkedHashSet<>();
        for (long device : schedule.devices()) {
            database.devices().find(device).ifPresent(known -> all.add(known.id()));
        }
        RuleBook book = database.policy().book();
        Set<Long> groups = new LinkedHashSet<>();
        schedule.groups().forEach(group -> groups.addAll(book.groups().downwards(group)));
        database.devices().all().stream()
                .filter(device -> groups.contains(device.group()))
                .map(Device::id)
                .forEach(all::add);
        return all;
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
