package firstlight.policy.work;

import java.time.Duration;

/**
 * How much the site carries at once; 0 is no limit.
 *
 * @param restores restores. A session's members neither count nor wait: it begins whole, or its first ones would hold the others up
 * @param silence running work whose engine said nothing for so long counts as dead
 */
public record Limits(int restores, int captures, Duration silence) {
    public static final Limits NONE = new Limits(0, 0, Duration.ofMinutes(10));

    /** 0 for no limit. */
    public int of(Task task) {
        return switch (task) {
            case Task.Restore _ -> restores;
            case Task.Capture _ -> captures;
            case Task.Join _, Task.Script _, Task.Inventory _, Task.Maintenance _, Task.Wipe _ -> 0;
        };
    }
}
