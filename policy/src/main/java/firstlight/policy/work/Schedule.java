package firstlight.policy.work;

import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
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

    /**
     * This one when a device is not there any more. For nobody it is switched off: it would say each night that it gave out its work.
     *
     * @param heir the device that it was all the time; empty when it is gone
     */
    public Schedule without(long device, Optional<Long> heir) {
        Set<Long> others = new HashSet<>(devices);
        others.remove(device);
        heir.ifPresent(others::add);
        boolean isForNobody = others.isEmpty() && groups.isEmpty();
        return new Schedule(id, name, enabled && !isForNobody, cron, zone, others, groups, task, terms, next);
    }
}
