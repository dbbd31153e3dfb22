package firstlight.policy.work;

import firstlight.model.Scripts;
import firstlight.policy.level.AfterWork;
import java.time.Instant;
import java.util.Optional;

/**
 * What was agreed when work was given out.
 *
 * @param priority higher goes first; 0 is usual
 * @param notBefore not begun earlier; {@link Instant#EPOCH} for at once
 * @param wake wake the device by its network card at {@code notBefore}
 * @param after empty: as the device's policy says
 * @param force also when the device has that image already
 * @param createdBy who gave it out, in words: {@code anna}, {@code rule 'lab PCs'}, {@code schedule 'nightly'}
 * @param rule the rule that gave it out; 0 for none
 * @param schedule the schedule that gave it out; 0 for none
 * @param scripts run before and after it; a missing one is as the device's policy says
 */
public record Terms(
        int priority,
        Instant notBefore,
        boolean wake,
        Optional<AfterWork> after,
        boolean force,
        String createdBy,
        long rule,
        long schedule,
        Scripts scripts) {
    /** At once, with the usual priority. */
    public static Terms by(String createdBy) {
        return new Terms(0, Instant.EPOCH, false, Optional.empty(), false, createdBy, 0, 0, Scripts.NONE);
    }

    public Terms withPriority(int value) {
        return new Terms(value, notBefore, wake, after, force, createdBy, rule, schedule, scripts);
    }

    public Terms notBefore(Instant value) {
        return new Terms(priority, value, wake, after, force, createdBy, rule, schedule, scripts);
    }

    public Terms withWake(boolean value) {
        return new Terms(priority, notBefore, value, after, force, createdBy, rule, schedule, scripts);
    }

    public Terms withAfter(Optional<AfterWork> value) {
        return new Terms(priority, notBefore, wake, value, force, createdBy, rule, schedule, scripts);
    }

    public Terms withForce(boolean value) {
        return new Terms(priority, notBefore, wake, after, value, createdBy, rule, schedule, scripts);
    }

    public Terms ofRule(long value) {
        return new Terms(priority, notBefore, wake, after, force, createdBy, value, schedule, scripts);
    }

    public Terms ofSchedule(long value) {
        return new Terms(priority, notBefore, wake, after, force, createdBy, rule, value, scripts);
    }

    public Terms withScripts(Scripts value) {
        return new Terms(priority, notBefore, wake, after, force, createdBy, rule, schedule, value);
    }
}
