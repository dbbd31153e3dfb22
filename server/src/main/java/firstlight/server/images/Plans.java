package firstlight.server.images;

import firstlight.database.Database;
import firstlight.database.PolicyStore;
import firstlight.database.ScheduleStore;
import firstlight.database.SessionStore;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import java.util.Optional;
import java.util.stream.Stream;

/** What will lay images down and is no work of a device yet: sessions that are open, rules and schedules that are switched on. */
public final class Plans {
    private final SessionStore sessions;
    private final PolicyStore rules;
    private final ScheduleStore schedules;

    /** @param who in words, as {@code rule 4 'lab-pcs'} */
    record Plan(String who, Task task) {}

    private Plans(SessionStore sessions, PolicyStore rules, ScheduleStore schedules) {
        this.sessions = sessions;
        this.rules = rules;
        this.schedules = schedules;
    }

    public static Plans of(Database database) {
        return new Plans(database.sessions(), database.policy(), database.schedules());
    }

    Stream<Plan> all() {
        Stream<Plan> waiting = sessions.all().stream()
                .filter(Session::isOpen)
                .map(session -> new Plan(session.describe(), session.restore()));
        Stream<Plan> ruled =
                rules.book().rules().stream().filter(Rule::enabled).map(rule -> new Plan(rule.describe(), rule.task()));
        Stream<Plan> timed = schedules.all().stream()
                .filter(schedule -> schedule.enabled())
                .map(schedule -> new Plan("schedule " + schedule.id() + " '" + schedule.name() + "'", schedule.task()));
        return Stream.of(waiting, ruled, timed).flatMap(each -> each);
    }

    Optional<Session> session(long number) {
        return sessions.find(number);
    }
}
