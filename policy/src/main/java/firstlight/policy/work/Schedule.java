package firstlight.policy.work;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

/**
 * Work that is given out again and again.
 *
 * @param cron five fields: minute, hour, day of month, month, day of week
 * @param devices these, and
 * @param groups all devices in these groups and below
 * @param terms of each work that it gives out
 * @param next when it fires next; empty when it never will
 */
public record Schedule(
        long id,
        String name,
        boolean enabled,
        String cron,
        ZoneId zone,
        Set<Long> devices,
        Set<Long> groups,
        Task task,
        Terms terms,
        Optional<Instant> next) {
    public Schedule {
        devices = Set.copyOf(devices);
        groups = Set.copyOf(groups);
    }
}
