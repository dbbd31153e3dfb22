package firstlight.server.work;

import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which devices are to be woken now: once when their work is due, and again while they sleep on. A packet can be lost. In memory: a
 * restart wakes once more. Of one thread.
 */
final class Waking {
    private static final Duration AGAIN = Duration.ofMinutes(3);
    /** Then no more: it has no power, or does not wake by the network. */
    private static final int TIMES = 4;

    private record Tries(int count, Instant last) {}

    private final Map<Long, Tries> byWork = new HashMap<>();

    /** The works among {@code open} whose devices get a packet at {@code now}. */
    List<Work> due(Collection<Work> open, Instant now) {
        Set<Long> numbers = open.stream().map(Work::id).collect(Collectors.toSet());
        byWork.keySet().retainAll(numbers);
        List<Work> due = new ArrayList<>();
        for (Work work : open) {
            if (!work.terms().wake() || work.state() != WorkState.QUEUED || !work.isDue(now)) {
                continue;
            }
            Tries before = byWork.getOrDefault(work.id(), new Tries(0, Instant.MIN));
            if (before.count < TIMES && (before.count == 0 || !now.isBefore(before.last.plus(AGAIN)))) {
                byWork.put(work.id(), new Tries(before.count + 1, now));
                due.add(work);
            }
        }
        return due;
    }
}
