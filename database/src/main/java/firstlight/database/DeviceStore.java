package firstlight.database;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MenuSetting;
import firstlight.policy.Device;
import firstlight.policy.Devices;
import firstlight.policy.IdentityKey;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.level.PolicyValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * The devices: in the database for ever, and in memory for the answer to a first packet, which must not wait for a disk.
 * Writers take the lock, readers never do.
 */
public final class DeviceStore implements Devices {
    /** A device that shows nothing new is written again only after this long. */
    private static final Duration SEEN_AGAIN = Duration.ofMinutes(1);

    private final Backend backend;
    private final ReentrantLock writing = new ReentrantLock();
    private final Map<Long, Device> byId = new ConcurrentHashMap<>();
    private final Map<IdentityKey, Set<Long>> byKey = new ConcurrentHashMap<>();
    private final Map<String, Long> byName = new ConcurrentHashMap<>();

    DeviceStore(Backend backend) {
        this.backend = backend;
        backend.jdbi()
                .useHandle(handle -> handle.createQuery("select * from device")
                        .map((row, context) -> device(row))
                        .forEach(this::remember));
    }

    @Override
    public List<Device> sharing(Set<IdentityKey> keys) {
        Map<Long, Device> found = new LinkedHashMap<>(); // no streams: each first packet comes by here twice
        for (IdentityKey key : keys) {
            for (long id : byKey.getOrDefault(key, Set.of())) {
                Device device = byId.get(id);
                if (device != null) {
                    found.put(id, device);
                }
            }
        }
        return List.copyOf(found.values());
    }

    @Override
    public Device register(NewDevice wanted, Instant now) {
        writing.lock();
        try {
            Facts facts = wanted.facts();
            Set<IdentityKey> keys = IdentityKey.of(facts);
            // Two packets of one PC can arrive together; the second finds what the first made.
            Optional<Device> made = sharing(keys).stream()
                    .filter(device -> IdentityKey.of(device.facts()).containsAll(keys))
                    .findFirst();
            return made.isPresent() ? made.get() : insert(freeName(facts), wanted, now);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public Device learn(Device device, Facts facts, Instant now) {
        writing.lock();
        try {
            Device current = byId.getOrDefault(device.id(), device);
            Facts merged = current.facts().mergedWith(facts);
            if (merged.equals(current.facts())
                    && now.isBefore(current.lastSeen().plus(SEEN_AGAIN))) {
                return current;
            }
            return keep(current.withFacts(merged, now));
        } finally {
            writing.unlock();
        }
    }

    public List<Device> all() {
        return byId.values().stream()
                .sorted(Comparator.comparing(device -> key(device.name())))
                .toList();
    }

    public Optional<Device> find(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** By name, in any case, or by one of its MAC addresses, or by its number. */
    public List<Device> find(String text) {
        String wanted = key(text);
        String mac = wanted.replaceAll("[:.-]", "");
        return byId.values().stream()
                .filter(device -> key(device.name()).equals(wanted)
                        || Long.toString(device.id()).equals(wanted)
                        || device.facts().all(FactName.MAC).stream()
                                .anyMatch(each -> each.replace(":", "").equals(mac)))
                .toList();
    }

    /** False when another device has that name already. */
    public boolean rename(Device device, String name) {
        return change(device.id(), current -> current.withName(name));
    }

    public void setMenu(Device device, Optional<MenuSetting> menu) {
        change(device.id(), current -> current.withValues(current.values().withMenu(menu)));
    }

    public void approve(Device device) {
        change(device.id(), current -> current.withRegistration(Registration.REGISTERED));
    }

    private boolean change(long id, java.util.function.UnaryOperator<Device> change) {
        writing.lock();
        try {
            Device current = Objects.requireNonNull(byId.get(id), "device " + id);
            Device changed = change.apply(current);
            if (isTaken(changed.name(), id)) {
                return false;
            }
            keep(changed);
            return true;
        } finally {
            writing.unlock();
        }
    }

    private boolean isTaken(String name, long butFor) {
        Long owner = byName.get(key(name));
        return owner != null && owner != butFor;
    }

    /** {@code pc-525400123456}: fifteen characters, as NetBIOS allows. */
    private String freeName(Facts facts) {
        String base = facts.first(FactName.MAC)
                .map(mac -> "pc-" + mac.replaceAll("[^0-9A-Fa-f]", "").toLowerCase(Locale.ROOT))
                .filter(Device::isName)
                .orElse("pc");
        String name = base;
        for (int number = 2; isTaken(name, 0); number++) {
            name = base + "-" + number;
        }
        return name;
    }

    private Device insert(String name, NewDevice wanted, Instant now) {
        Device blank = Device.fresh(0, name, wanted.registration(), wanted.facts(), now);
        long id = backend.write(handle -> bind(
                        handle.createQuery(
                                "insert into device (name, name_key, registration, menu, menu_seconds, facts,"
                                        + " created, last_seen) values (:name, :nameKey, :registration, :menu, :seconds, :facts,"
                                        + " :seen, :seen) returning id"),
                        blank)
                .mapTo(Long.class)
                .one());
        Device device = blank.withId(id);
        remember(device);
        return device;
    }

    private Device keep(Device device) {
        backend.run(handle -> bind(
                        handle.createUpdate("update device set name = :name, name_key = :nameKey,"
                                + " registration = :registration, menu = :menu, menu_seconds = :seconds, facts = :facts,"
                                + " last_seen = :seen where id = :id"),
                        device)
                .bind("id", device.id())
                .execute());
        remember(device);
        return device;
    }

    private void remember(Device device) {
        Device before = byId.put(device.id(), device);
        if (before != null) {
            byName.remove(key(before.name()), device.id());
        }
        byName.put(key(device.name()), device.id());
        // Keys are never taken away: an old MAC still leads to the device, whose facts decide.
        IdentityKey.of(device.facts()).forEach(key -> byKey.merge(key, Set.of(device.id()), DeviceStore::union));
    }

    private static Set<Long> union(Collection<Long> some, Collection<Long> others) {
        Set<Long> both = new HashSet<>(some);
        both.addAll(others);
        return Set.copyOf(both);
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Device device) {
        MenuSetting menu = device.values().menu().orElse(null);
        return statement
                .bind("name", device.name())
                .bind("nameKey", key(device.name()))
                .bind("registration", device.registration().name())
                .bind(
                        "menu",
                        switch (menu) {
                            case null -> null;
                            case MenuSetting.Never _ -> "never";
                            case MenuSetting.Always _ -> "always";
                            case MenuSetting.OnHotkey _ -> "hotkey";
                        })
                .bind("seconds", menu instanceof MenuSetting.OnHotkey hotkey ? hotkey.seconds() : 0)
                .bind("facts", FactsColumn.write(device.facts()))
                .bind("seen", device.lastSeen().toEpochMilli());
    }

    private static Device device(ResultSet row) throws SQLException {
        Optional<MenuSetting> menu = Optional.ofNullable(row.getString("menu")).map(text -> switch (text) {
            case "never" -> new MenuSetting.Never();
            case "always" -> new MenuSetting.Always();
            case "hotkey" -> new MenuSetting.OnHotkey(seconds(row));
            default -> throw new IllegalStateException("the database holds a menu setting '" + text + "'");
        });
        return Device.fresh(
                        row.getLong("id"),
                        row.getString("name"),
                        Registration.valueOf(row.getString("registration")),
                        FactsColumn.read(row.getString("facts")),
                        Instant.ofEpochMilli(row.getLong("last_seen")))
                .withValues(PolicyValues.NONE.withMenu(menu));
    }

    private static int seconds(ResultSet row) {
        try {
            return row.getInt("menu_seconds");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
