package firstlight.database;

import firstlight.model.MacAddress;
import firstlight.policy.RuleBook;
import firstlight.policy.level.Group;
import firstlight.policy.level.GroupTree;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;

/**
 * Groups, values, rules and shared adapters. Small, read at each packet, seldom changed: so there is one {@link RuleBook} in memory,
 * replaced whole after each change, and changes go one after the other. Each change throws {@link DatabaseUnreachable} when it cannot be
 * written, and {@link ChangedMeanwhile} as {@link Database#provided} says.
 */
public final class PolicyStore {

    private final Backend backend;
    private final Changes changes;
    private final AtomicReference<Edition> current = new AtomicReference<>(new Edition(0, RuleBook.EMPTY));

    /** @param number counted up by each change, of whatever server: an older one that is read late does not replace a newer */
    private record Edition(long number, RuleBook book) {}

    PolicyStore(Backend backend, Changes changes) {
        this.backend = backend;
        this.changes = changes;
        changes.follow(Topic.POLICY, new Changes.Follower((handle, _) -> reload(handle), this::reload));
    }

    /** As it is now, from memory. */
    public RuleBook book() {
        return current.get().book;
    }

    /** Refused for the reasons of {@link GroupTree#refusal}. */
    public Kept<Group> addGroup(Group group) {
        return change(handle -> {
            Optional<String> refusal = GroupTree.of(PolicyRows.groups(handle)).refusal(group);
            if (refusal.isPresent()) {
                return new Kept.Refused<>(refusal.get());
            }
            long id = PolicyRows.bind(
                            handle.createQuery("insert into device_group (name, parent, own_values)"
                                    + " values (:name, :parent, :values) returning id"),
                            group)
                    .mapTo(Long.class)
                    .one();
            return new Kept.Done<>(new Group(id, group.name(), group.parent(), group.values()));
        });
    }

    /** What {@code change} makes of the group as it is then: of two editors of different values neither undoes the other's. */
    public Kept<Group> changeGroup(long id, UnaryOperator<Group> change) {
        return change(handle -> {
            List<Group> groups = PolicyRows.groups(handle);
            Optional<Group> now =
                    groups.stream().filter(each -> each.id() == id).findFirst();
            if (now.isEmpty()) {
                return new Kept.Gone<>();
            }
            Group group = change.apply(now.get());
            Optional<String> refusal = GroupTree.of(groups).refusal(group);
            if (refusal.isPresent()) {
                return new Kept.Refused<>(refusal.get());
            }
            PolicyRows.bind(
                            handle.createUpdate("update device_group set name = :name, parent = :parent,"
                                    + " own_values = :values where id = :id"),
                            group)
                    .bind("id", group.id())
                    .execute();
            return new Kept.Done<>(group);
        });
    }

    /** With its rules. Refused while devices or groups are in it, and while a schedule is for it. */
    public Kept<Group> removeGroup(long id) {
        return change(handle -> {
            Optional<Group> group = PolicyRows.groups(handle).stream()
                    .filter(each -> each.id() == id)
                    .findFirst();
            if (group.isEmpty()) {
                return new Kept.Gone<>();
            }
            long below = count(handle, "select count(*) from device_group where parent = ?", id);
            long devices = count(handle, "select count(*) from device where group_id = ?", id);
            if (below + devices > 0) {
                return new Kept.Refused<>("in group '" + group.get().name() + "' are " + devices + " devices and "
                        + below + " groups; move them first");
            }
            Optional<Schedule> schedule = ScheduleStore.of(handle, id);
            if (schedule.isPresent()) { // it would fire for nobody from then on, and not for a group made anew
                return new Kept.Refused<>("schedule " + schedule.get().id() + " '"
                        + schedule.get().name() + "' is for group '"
                        + group.get().name() + "'; delete that first");
            }
            handle.execute("delete from rule where level = 'group' and level_id = ?", id);
            handle.execute("delete from device_group where id = ?", id);
            return new Kept.Done<>(group.get());
        });
    }

    /** What an administrator sets for all devices. As {@link #changeGroup}. */
    public void changeServerValues(UnaryOperator<PolicyValues> change) {
        change(handle -> {
            PolicyValues values = change.apply(PolicyRows.serverValues(handle));
            handle.execute(
                    "insert into setting (name, value) values (?, ?) on conflict (name) do update set value ="
                            + " excluded.value",
                    PolicyRows.SERVER_VALUES,
                    ValuesColumn.write(values));
            return new Kept.Done<>(values);
        });
    }

    /** At its position among its level's rules, the later ones moved on; at the end when the position is 0 or too large. */
    public Kept<Rule> addRule(Rule rule) {
        return change(handle -> {
            if (isGone(handle, rule.level())) {
                return new Kept.Refused<>("what the rule is to hang at is not there any more");
            }
            long id = PolicyRows.bind(
                            handle.createQuery(
                                    "insert into rule (level, level_id, position, name, enabled, condition, task,"
                                            + " repeat, kernel_arguments) values (:level, :levelId, 0, :name, :enabled, :condition,"
                                            + " :task, :repeat, :arguments) returning id"),
                            rule)
                    .mapTo(Long.class)
                    .one();
            return place(handle, id, rule.level(), rule.position());
        });
    }

    /** Its level may change as well; its position is as in {@link #addRule}. */
    public Kept<Rule> changeRule(Rule rule) {
        return changeRule(Optional.empty(), rule);
    }

    /** Refused when it is not {@code seen} any more: a rule that somebody switched off must not be on again with its new name. */
    public Kept<Rule> changeRule(Rule seen, Rule rule) {
        return changeRule(Optional.of(seen), rule);
    }

    private Kept<Rule> changeRule(Optional<Rule> seen, Rule rule) {
        return change(handle -> {
            Optional<Rule> now = PolicyRows.rules(handle).stream()
                    .filter(each -> each.id() == rule.id())
                    .findFirst();
            if (seen.isPresent() && now.isPresent() && !says(seen.get(), now.get())) {
                return new Kept.Refused<>(now.get().describe() + " was changed meanwhile");
            }
            if (isGone(handle, rule.level())) {
                return new Kept.Refused<>("what the rule is to hang at is not there any more");
            }
            int changed = PolicyRows.bind(
                            handle.createUpdate("update rule set level = :level, level_id = :levelId, name = :name,"
                                    + " enabled = :enabled, condition = :condition, task = :task, repeat = :repeat,"
                                    + " kernel_arguments = :arguments where id = :id"),
                            rule)
                    .bind("id", rule.id())
                    .execute();
            return changed == 0 ? new Kept.Gone<>() : place(handle, rule.id(), rule.level(), rule.position());
        });
    }

    /** False when it was not there. The rules behind it keep their positions, with a gap. */
    public boolean removeRule(long id) {
        Kept<Long> kept = change(handle ->
                handle.execute("delete from rule where id = ?", id) == 1 ? new Kept.Done<>(id) : new Kept.Gone<>());
        return kept instanceof Kept.Done<Long>;
    }

    /** Puts it on the list, or takes it off; what others do to the list at the same time stays. False where it was so already. */
    public boolean setSharedAdapter(MacAddress mac, boolean shared) {
        String row = shared
                ? "insert into shared_adapter (mac) values (?) on conflict do nothing"
                : "delete from shared_adapter where mac = ?";
        Kept<MacAddress> kept =
                change(handle -> handle.execute(row, mac.toString()) == 0 ? new Kept.Gone<>() : new Kept.Done<>(mac));
        return kept instanceof Kept.Done<MacAddress>;
    }

    /** Whether both say the same; at what position is no matter. */
    private static boolean says(Rule one, Rule other) {
        return one.level().equals(other.level())
                && one.name().equals(other.name())
                && one.enabled() == other.enabled()
                && one.when().equals(other.when())
                && one.task().equals(other.task())
                && one.repeat() == other.repeat()
                && one.kernelArguments().equals(other.kernelArguments())
                && one.scripts().equals(other.scripts());
    }

    /** Numbers the level's rules from 1 again, and answers the rule as it stands then. */
    private static Kept<Rule> place(Handle handle, long id, Level level, int position) {
        List<Long> order = new ArrayList<>(handle.createQuery(
                        "select id from rule where level = ? and level_id = ? and id <> ? order by position, id")
                .bind(0, PolicyRows.kind(level))
                .bind(1, PolicyRows.number(level))
                .bind(2, id)
                .mapTo(Long.class)
                .list());
        order.add(position < 1 || position > order.size() ? order.size() : position - 1, id);
        for (int i = 0; i < order.size(); i++) {
            handle.execute("update rule set position = ? where id = ? and position <> ?", i + 1, order.get(i), i + 1);
        }
        return PolicyRows.rules(handle).stream()
                .filter(rule -> rule.id() == id)
                .findFirst()
                .<Kept<Rule>>map(Kept.Done::new)
                .orElseGet(Kept.Gone::new);
    }

    private static boolean isGone(Handle handle, Level level) {
        return switch (level) {
            case Level.ServerDefault _ -> false;
            case Level.OfGroup(long group) ->
                count(handle, "select count(*) from device_group where id = ?", group) == 0;
            case Level.OfDevice(long device) -> count(handle, "select count(*) from device where id = ?", device) == 0;
        };
    }

    private static long count(Handle handle, String query, long number) {
        return handle.createQuery(query).bind(0, number).mapTo(Long.class).one();
    }

    /** One at a time among all servers. Nothing is kept, and nobody told, unless the answer is {@link Kept.Done}. */
    private <T> Kept<T> change(Function<Handle, Kept<T>> change) {
        return backend.write(handle -> {
            backend.exclusively(handle, Backend.Matter.POLICY);
            if (Precondition.isOpen()) {
                take(read(handle)); // another server's last change may be on its way
                Precondition.ask();
            }
            Kept<T> kept = change.apply(handle);
            if (kept instanceof Kept.Done<T>) {
                changed(handle);
            }
            return kept;
        });
    }

    /** The edition is read within the transaction, whose own writes it sees, and counts when that is committed. */
    private void changed(Handle handle) {
        handle.execute("update id_block set next = next + 1 where name = 'policy'");
        Edition edition = read(handle);
        handle.afterCommit(() -> take(edition));
        changes.announce(handle, Topic.POLICY, List.of(0L));
    }

    /** Within the transaction that removes the device; to be called before its rows are touched. */
    void removeRulesOf(Handle handle, long device) {
        backend.exclusively(handle, Backend.Matter.POLICY);
        if (handle.execute("delete from rule where level = 'device' and level_id = ?", device) > 0) {
            changed(handle);
        }
    }

    private void reload(Handle handle) {
        take(read(handle));
    }

    private void take(Edition edition) {
        current.accumulateAndGet(edition, (former, next) -> next.number >= former.number ? next : former);
    }

    private static Edition read(Handle handle) {
        long number = handle.createQuery("select next from id_block where name = 'policy'")
                .mapTo(Long.class)
                .one();
        PolicyValues server = PolicyRows.serverValues(handle);
        Set<MacAddress> adapters = handle.createQuery("select mac from shared_adapter")
                .mapTo(String.class)
                .map(MacAddress::parse)
                .set();
        return new Edition(
                number,
                new RuleBook(GroupTree.of(PolicyRows.groups(handle)), server, PolicyRows.rules(handle), adapters));
    }
}
