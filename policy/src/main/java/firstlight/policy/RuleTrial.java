package firstlight.policy;

import firstlight.policy.level.Group;
import firstlight.policy.level.GroupTree;
import firstlight.policy.level.Level;
import firstlight.policy.rule.Condition;
import firstlight.policy.rule.FactValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which devices a condition would match, were it a rule. Nothing is done.
 *
 * @param unknown those of which facts are missing: their next boot would load the imaging environment to learn them
 * @param others how many devices of the level it would not match
 */
public record RuleTrial(List<Device> matching, List<Device> unknown, int others) {
    public static RuleTrial of(Condition condition, Level level, Collection<Device> devices, GroupTree groups) {
        List<Device> matching = new ArrayList<>();
        List<Device> unknown = new ArrayList<>();
        int others = 0;
        for (Device device : devices) {
            if (!isAt(level, device, groups)) {
                continue;
            }
            switch (condition.evaluate(FactValues.of(device.facts()))) {
                case TRUE -> matching.add(device);
                case UNKNOWN -> unknown.add(device);
                case FALSE -> others++;
            }
        }
        return new RuleTrial(List.copyOf(matching), List.copyOf(unknown), others);
    }

    /** Whether what hangs at {@code level} counts for {@code device}. */
    public static boolean isAt(Level level, Device device, GroupTree groups) {
        return switch (level) {
            case Level.ServerDefault _ -> true;
            case Level.OfGroup(long group) ->
                groups.upwards(device.group()).stream().map(Group::id).anyMatch(id -> id == group);
            case Level.OfDevice(long id) -> device.id() == id;
        };
    }

    /** {@code 14 devices would match, 3 unknown, 20 would not}. */
    public String words() {
        return matching.size() + (matching.size() == 1 ? " device" : " devices") + " would match, " + unknown.size()
                + " unknown, " + others + " would not";
    }
}
