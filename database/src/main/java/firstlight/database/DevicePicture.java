package firstlight.database;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The devices in memory, for the answer to a first packet. Rows come from commits of this server and from those of others, in any order:
 * the higher revision counts. Readers take no lock. Numbers of removed devices stay here while the server runs, some dozen octets each.
 */
final class DevicePicture {
    /** Of the three maps together. A reader between them may see a device by number and not yet by mark, for a moment. */
    private final ReentrantLock writing = new ReentrantLock();

    private final Map<Long, Row> byId = new ConcurrentHashMap<>();
    private final Map<IdentityKey, Set<Long>> byKey = new ConcurrentHashMap<>();
    private final Map<String, Long> byName = new ConcurrentHashMap<>();
    /** Numbers are never given again, so a row that comes late does not bring a device back. */
    private final Set<Long> removed = ConcurrentHashMap.newKeySet();

    /** @param revision counted up by each write of the row, from 1 */
    record Row(Device device, long revision) {}

    void put(Row row) {
        Device device = row.device();
        writing.lock();
        try {
            Row former = byId.get(device.id());
            if (removed.contains(device.id()) || (former != null && former.revision >= row.revision)) {
                return;
            }
            if (former != null && !key(former.device.name()).equals(key(device.name()))) {
                byName.remove(key(former.device.name()), device.id());
            }
            byId.put(device.id(), row);
            byName.put(key(device.name()), device.id());
            // Keys are not taken away while the device is there: an old MAC still leads to it, whose facts decide.
            keys(device).forEach(key -> byKey.merge(key, Set.of(device.id()), DevicePicture::union));
        } finally {
            writing.unlock();
        }
    }

    /** Seen, and nothing else is new. The revision stays, so that any row that is read afterwards goes before. */
    Device seen(Device device, Instant now) {
        Row row = byId.computeIfPresent(
                device.id(),
                (id, former) -> new Row(former.device.withFacts(former.device.facts(), now), former.revision));
        return row == null ? device : row.device;
    }

    /** What it shows, though the row does not say so yet; a newer row goes before. */
    Device learnt(Device device, Facts facts, Instant now) {
        Row row = byId.computeIfPresent(
                device.id(),
                (id, former) -> new Row(
                        former.device.withFacts(former.device.facts().mergedWith(facts), now), former.revision));
        return row == null ? device.withFacts(device.facts().mergedWith(facts), now) : row.device;
    }

    void remove(long id) {
        writing.lock();
        try {
            removed.add(id);
            Row row = byId.remove(id);
            if (row != null) {
                byName.remove(key(row.device.name()), id);
                byKey.replaceAll((key, ids) -> ids.contains(id) ? without(ids, id) : ids);
                byKey.values().removeIf(Set::isEmpty);
            }
        } finally {
            writing.unlock();
        }
    }

    /** Forgets all that {@code reading} does not find; but not what a commit of ours puts here meanwhile: it may see none of that. */
    void replace(Supplier<List<Row>> reading) {
        Set<Long> gone = new HashSet<>(byId.keySet());
        List<Row> rows = reading.get();
        rows.forEach(row -> gone.remove(row.device.id()));
        gone.forEach(this::remove);
        rows.forEach(this::put);
    }

    List<Device> sharing(Set<IdentityKey> keys) {
        // Plain, without a map: each first packet comes by here twice, and a PC's marks mostly lead to one device.
        Set<Long> ids = Set.of();
        for (IdentityKey key : keys) {
            Set<Long> more = byKey.getOrDefault(key, Set.of());
            if (ids.isEmpty()) {
                ids = more;
            } else if (!ids.containsAll(more)) {
                Set<Long> both = new LinkedHashSet<>(ids);
                both.addAll(more);
                ids = both;
            }
        }
        List<Device> found = new ArrayList<>(ids.size());
        for (Long id : ids) {
            Row row = byId.get(id);
            if (row != null) {
                found.add(row.device);
            }
        }
        return List.copyOf(found);
    }

    Optional<Device> find(long id) {
        return Optional.ofNullable(byId.get(id)).map(Row::device);
    }

    /** By name, else by number or by a MAC address that it has; without a look at each device, for lists name them by thousands. */
    List<Device> called(String text) {
        // A name may read like an address (naming: {mac}), which a dock brings to others too: who is called so is the
        // one.
        Optional<Device> named = Optional.ofNullable(byName.get(key(text))).flatMap(this::find);
        if (named.isPresent()) {
            return List.of(named.get());
        }
        Map<Long, Device> found = new LinkedHashMap<>();
        if (text.strip().matches("\\d{1,18}")) {
            find(Long.parseLong(text.strip())).ifPresent(device -> found.put(device.id(), device));
        }
        Set<IdentityKey> mac = IdentityKey.of(Facts.NONE.with(FactName.MAC, text));
        sharing(mac).stream()
                .filter(device -> IdentityKey.of(device.facts()).containsAll(mac))
                .forEach(device -> found.put(device.id(), device));
        return List.copyOf(found.values());
    }

    /** As of the last commit; names that open transactions give are {@link NamesGiven}'s. */
    boolean isTaken(String name) {
        return byName.containsKey(key(name));
    }

    List<Device> all() {
        return byId.values().stream().map(Row::device).toList();
    }

    private static Set<IdentityKey> keys(Device device) {
        Set<IdentityKey> keys = new HashSet<>(device.marks());
        keys.addAll(IdentityKey.of(device.facts()));
        return keys;
    }

    private static Set<Long> union(Set<Long> some, Set<Long> others) {
        if (some.containsAll(others)) {
            return some;
        }
        Set<Long> both = new HashSet<>(some);
        both.addAll(others);
        return Set.copyOf(both);
    }

    private static Set<Long> without(Set<Long> ids, long id) {
        Set<Long> rest = new HashSet<>(ids);
        rest.remove(id);
        return Set.copyOf(rest);
    }

    /** By which two names are the same: PCs' names are compared without regard to case, as DNS and NetBIOS do. */
    static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
