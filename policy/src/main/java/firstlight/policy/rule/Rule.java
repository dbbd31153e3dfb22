package firstlight.policy.rule;

import firstlight.model.Scripts;
import firstlight.policy.level.Level;
import firstlight.policy.work.Task;
import java.util.Comparator;

/**
 * A condition, and the work for the devices that meet it.
 *
 * @param position its place among the rules of its level, from 1
 * @param when the condition as a person wrote it; {@code condition} is what it means
 * @param kernelArguments what the imaging environment gets besides the device's own; empty for nothing
 * @param scripts run before and after its work; a missing one is as the device's policy says
 */
public record Rule(
        long id,
        Level level,
        int position,
        String name,
        boolean enabled,
        String when,
        Condition condition,
        Task task,
        Repeat repeat,
        String kernelArguments,
        Scripts scripts) {
    /** The order within a level. */
    public static final Comparator<Rule> ORDER =
            Comparator.comparingInt(Rule::position).thenComparing(Rule::id);

    public Rule {
        if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("'" + name + "' is no rule name: use 1 to 100 printable characters");
        }
        if (kernelArguments.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("kernel-arguments must be one line");
        }
    }

    /** A rule without scripts whose condition is still text. */
    public static Rule of(
            long id,
            Level level,
            int position,
            String name,
            boolean enabled,
            String when,
            Task task,
            Repeat repeat,
            String kernelArguments)
            throws InvalidCondition {
        return new Rule(
                id,
                level,
                position,
                name,
                enabled,
                when,
                Condition.parse(when),
                task,
                repeat,
                kernelArguments,
                Scripts.NONE);
    }

    /** {@code rule 3 'lab PCs'}. */
    public String describe() {
        return "rule " + id + " '" + name + "'";
    }

    public Rule withPosition(int value) {
        return new Rule(id, level, value, name, enabled, when, condition, task, repeat, kernelArguments, scripts);
    }

    public Rule withScripts(Scripts value) {
        return new Rule(id, level, position, name, enabled, when, condition, task, repeat, kernelArguments, value);
    }
}
