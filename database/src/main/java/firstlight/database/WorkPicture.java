package firstlight.database;

import firstlight.policy.work.Work;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The work that has not ended, and the newest of each rule, in memory. Rows
 * may come in any order: the higher revision counts. Readers take no lock.
 */
final class WorkPicture {
    /** A row that ended is remembered for a while, so that one that comes late does not open it again. */
    private static final int ENDED = 20_000;

    private final ReentrantLock writing = new ReentrantLock();
    private final Map<Long, List<Work>> openByDevice = new ConcurrentHashMap<>();
    /** Of each open work, the revision that is in the picture; with {@link #writing} in hand, as {@link #ended} is. */
    private final Map<Long, Long> revisions = new HashMap<>();

    private final Map<Long, Long> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > ENDED;
        }
    };

    /**
     * The newest work of each rule that each device has ended: rules ask for it at first packets. What is open does not take its place, for
     * it may be withdrawn, and is no rule's then.
     */
    private final Map<Given, Row> latest = new ConcurrentHashMap<>();

    record Row(Work work, long revision) {
        private boolean isNewerThan(Row other) {
            return work.id() > other.work.id() || (work.id() == other.work.id() && revision > other.revision);
        }
    }

    private record Given(long device, long rule) {}

    void put(Row row) {
        Work work = row.work;
        if (work.terms().rule() != 0 && !work.isOpen()) {
            latest.merge(
                    new Given(work.device(), work.terms().rule()),
                    row,
                    (one, next) -> next.isNewerThan(one) ? next : one);
        }
        writing.lock();
        try {
            if (row.revision <= Math.max(revisions.getOrDefault(work.id(), 0L), ended.getOrDefault(work.id(), 0L))) {
                return;
            }
            if (work.isOpen()) {
                ended.remove(work.id());
                revisions.put(work.id(), row.revision);
            } else {
                ended.put(work.id(), row.revision);
                revisions.remove(work.id());
            }
            openByDevice.compute(work.device(), (device, known) -> {
                List<Work> open = (known == null ? List.<Work>of() : known)
                        .stream().filter(each -> each.id() != work.id()).collect(Collectors.toList());
                if (work.isOpen()) {
                    open.add(work);
                }
                return open.isEmpty() ? null : List.copyOf(open);
            });
        } finally {
            writing.unlock();
        }
    }

    /** Forgets what {@code reading} does not find; but not what a commit of ours puts here meanwhile: it may see none of that. */
    void replace(Supplier<List<Row>> reading) {
        List<Work> before = open();
        List<Row> rows = reading.get();
        Set<Long> there = rows.stream().map(row -> row.work.id()).collect(Collectors.toSet());
        before.stream().filter(work -> !there.contains(work.id())).forEach(this::remove);
        rows.forEach(this::put);
    }

    /** Gone without an end, with its device. */
    void remove(Work work) {
        writing.lock();
        try {
            revisions.remove(work.id());
            openByDevice.computeIfPresent(work.device(), (device, known) -> {
                List<Work> open =
                        known.stream().filter(each -> each.id() != work.id()).toList();
                return open.isEmpty() ? null : open;
            });
        } finally {
            writing.unlock();
        }
    }

    /** All of one device that is not there any more. */
    void forget(long device) {
        of(device).forEach(this::remove);
        latest.keySet().removeIf(given -> given.device == device);
    }

    List<Work> of(long device) {
        return openByDevice.getOrDefault(device, List.of());
    }

    Optional<Work> latestOfRule(long device, long rule) {
        List<Work> open = of(device); // first: what ends meanwhile is among the ended before it goes from here
        Row ended = latest.get(new Given(device, rule));
        for (Work work : open) {
            if (work.terms().rule() == rule && (ended == null || work.id() >= ended.work.id())) {
                return Optional.of(work);
            }
        }
        return Optional.ofNullable(ended).map(Row::work);
    }

    List<Work> open() {
        return openByDevice.values().stream().flatMap(List::stream).toList();
    }
}
