package firstlight.server.imaging;

import firstlight.database.Alarm;
import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.policy.work.Silence;
import firstlight.policy.work.Work;
import firstlight.server.boots.TransactionLog;
import firstlight.wire.work.Progress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * PCs whose power was cut, that hang, or that lost their network in the middle of their work: told once, in the transaction
 * and as an alarm, and taken back when the PC is heard again. Looked at by one thread.
 */
public final class SilentEngines {
    /** Open alarms that are looked through. */
    private static final int MANY = 1000;

    private final Database database;
    private final WorkDesk desk;
    private final TransactionLog log;
    /** An engine that could not speak because this server was not there is given the time to do so. */
    private final Instant started;

    private final Map<Long, Told> told = new HashMap<>();
    /** Whether the alarms of a server that ran before were taken over; once, at the first look. */
    private boolean remembers;

    /** @param words the alarm's whole text, by which it is found again */
    private record Told(Work work, String words) {}

    public SilentEngines(Database database, WorkDesk desk, TransactionLog log, Instant started) {
        this.database = database;
        this.desk = desk;
        this.log = log;
        this.started = started;
    }

    /** Why to worry about {@code work}; empty while its engine speaks. */
    public static Optional<String> of(Work work, Database database, WorkDesk desk, Instant now) {
        return Silence.of(
                work,
                database.works().heardOf(work),
                desk.progress(work.transaction()).map(SilentEngines::far),
                now);
    }

    /** {@code restoring 41 %}. */
    public static String far(Progress progress) {
        return progress.phase() + (progress.total() == 0 ? "" : " " + progress.done() * 100 / progress.total() + " %");
    }

    /**
     * Looks at all running work; once in some seconds.
     *
     * @throws firstlight.database.DatabaseUnreachable as the caller's other chores do; the next look says what this one could not
     */
    public void look(Instant now) {
        if (now.isBefore(started.plus(Silence.NOTABLE))) {
            return;
        }
        List<Work> open = database.works().open();
        if (!remembers) {
            remember(open);
            remembers = true;
        }
        Set<Long> ids = open.stream().map(Work::id).collect(Collectors.toSet());
        List.copyOf(told.values()).stream()
                .filter(missed -> !ids.contains(missed.work().id()))
                .forEach(this::backAgain);
        for (Work work : open) {
            Optional<String> silence = of(work, database, desk, now);
            Told before = told.get(work.id());
            if (silence.isPresent() && before == null) {
                told.put(work.id(), new Told(work, alarm(work, silence.get())));
                boot(work).ifPresent(boot -> log.append(boot, now, "silent", silence.get()));
                database.alarms().raise(work.device(), alarm(work, silence.get()), now);
            } else if (silence.isEmpty() && before != null) {
                boot(work).ifPresent(boot -> log.append(boot, now, "heard", "the PC is heard again"));
                backAgain(before);
            }
        }
    }

    /** What a server that ran before this one said of PCs: it is this one's to take back. */
    private void remember(List<Work> open) {
        for (Alarm alarm : database.alarms().open(MANY)) {
            if (!alarm.text().contains(": " + Silence.WORDS)) {
                continue;
            }
            Optional<Work> missed = open.stream()
                    .filter(work ->
                            work.device() == alarm.device() && alarm.text().startsWith(alarm(work, Silence.WORDS)))
                    .findFirst();
            if (missed.isPresent()) {
                told.put(missed.get().id(), new Told(missed.get(), alarm.text()));
            } else {
                dismiss(alarm.id());
            }
        }
    }

    private Optional<Boot> boot(Work work) {
        return database.journal().boot(work.transaction());
    }

    private static String alarm(Work work, String silence) {
        return work.describe() + ": " + silence;
    }

    /** Nobody has to look at it any more. */
    private void backAgain(Told missed) {
        told.remove(missed.work().id());
        database.alarms().open(MANY).stream()
                .filter(alarm ->
                        alarm.device() == missed.work().device() && alarm.text().equals(missed.words()))
                .mapToLong(Alarm::id)
                .forEach(this::dismiss);
    }

    private void dismiss(long alarm) {
        database.alarms().dismiss(alarm, "the PC, which was heard again");
    }
}
