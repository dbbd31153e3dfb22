package firstlight.policy;

import firstlight.model.WorkScript;
import firstlight.policy.level.Group;
import firstlight.policy.rule.FactValues;
import firstlight.policy.rule.Rule;
import firstlight.policy.rule.Truth;
import firstlight.policy.work.Schedule;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a device gets by itself that nobody can take back: by where it stands and what else stands there, not by what was given to it.
 *
 * @param rules with such work, down to the first that matches: behind that none counts
 * @param schedules with such work, of its groups and its own
 * @param scripts around all its work; what a script does nobody knows
 */
public record Exposure(Set<Long> rules, Set<Long> schedules, Set<WorkScript> scripts) {
    /** Of a device that gets nothing. */
    public static final Exposure NONE = new Exposure(Set.of(), Set.of(), Set.of());

    public Exposure {
        rules = Set.copyOf(rules);
        schedules = Set.copyOf(schedules);
        scripts = Set.copyOf(scripts);
    }

    /**
     * As {@code book} and {@code schedules} stand now; compared before and
     * after a change of a device's place, it says what the change gives.
     */
    public static Exposure of(Device device, RuleBook book, Collection<Schedule> schedules, Settings settings) {
        if (device.registration() == Registration.PENDING) {
            return NONE;
        }
        EffectivePolicy policy = EffectivePolicy.of(device, book, settings);
        Set<Long> groups =
                book.groups().upwards(device.group()).stream().map(Group::id).collect(Collectors.toSet());
        return new Exposure(
                rules(device, book),
                schedules.stream()
                        .filter(each -> each.enabled()
                                && (each.task().isDestructive()
                                        || !each.terms().scripts().isEmpty())
                                && (each.devices().contains(device.id())
                                        || each.groups().stream().anyMatch(groups::contains)))
                        .map(Schedule::id)
                        .collect(Collectors.toSet()),
                List.of(policy.scriptBefore().value(), policy.scriptAfter().value()).stream()
                        .filter(script -> !script.isEmpty())
                        .collect(Collectors.toSet()));
    }

    private static Set<Long> rules(Device device, RuleBook book) {
        FactValues values = FactValues.of(device.facts());
        Set<Long> found = new HashSet<>();
        for (Rule rule : book.rulesFor(device)) {
            Truth truth = rule.enabled() ? rule.condition().evaluate(values) : Truth.FALSE;
            if (truth != Truth.FALSE
                    && (rule.task().isDestructive() || !rule.scripts().isEmpty())) {
                found.add(rule.id());
            }
            if (truth == Truth.TRUE) {
                break;
            }
        }
        return found;
    }

    /** Whether there is something that {@code before} has not. */
    public boolean exceeds(Exposure before) {
        return !before.rules.containsAll(rules)
                || !before.schedules.containsAll(schedules)
                || !before.scripts.containsAll(scripts);
    }
}
