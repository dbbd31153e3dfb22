package firstlight.database;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.Devices;
import firstlight.policy.IdentityKey;
import firstlight.policy.LastImage;
import firstlight.policy.NewDevice;
import firstlight.policy.Question;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The devices: in the database for ever, and in memory for the answer to a first packet, which must not wait for a disk. */
public final class DeviceStore implements Devices {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceStore.class);
    /** A device that shows nothing new is noted as seen again only after this long. */
    private static final Duration SEEN_AGAIN = Duration.ofMinutes(1);

    private final Backend backend;
    private final Changes changes;
    private final PolicyStore policy;
    private final WorkStore works;
    /** Keeps nothing in memory. */
    private final ScheduleStore schedules;

    private final DevicePicture picture = new DevicePicture();
    /** Taken before a transaction begins, never in one: SQLite's writers, and PostgreSQL's advisory lock, are waited for with it in hand. */
    private final ReentrantLock registering = new ReentrantLock();
    /** Of the transaction that registers now; only with {@link #registering} in hand. */
    private NamesGiven names = new NamesGiven();
    /** Not written yet: when a device was seen is worth no transaction of its own. */
    private final Map<Long, Instant> seen = new ConcurrentHashMap<>();
    /** What devices showed while the database was away; kept when it is back. */
    private final Map<Long, Facts> learnt = new ConcurrentHashMap<>();

    DeviceStore(Backend backend, Changes changes, PolicyStore policy, WorkStore works) {
        this.backend = backend;
        this.changes = changes;
        this.policy = policy;
        this.works = works;
        this.schedules = new ScheduleStore(backend, changes);
        changes.follow(Topic.DEVICE, new Changes.Follower(this::refresh, this::reload));
    }

    @Override
    public List<Device> sharing(Set<IdentityKey> keys) {
        return picture.sharing(keys);
    }

    /** While the database does not answer the device is nobody: number 0, and forgotten again. */
    @Override
    public Device register(NewDevice wanted, Instant now) {
        try {
            return made(wanted, now);
        } catch (DatabaseUnreachable e) {
            LOG.warn("a new device cannot be registered now: {}", e.getMessage());
            return Device.fresh(0, "unknown", wanted.registration(), wanted.facts(), now);
        }
    }

    /**
     * As {@link #register}, for a person, who is told when it cannot be done; it was not seen yet.
     *
     * @throws DatabaseUnreachable when nothing can be written now
     */
    public Device enter(NewDevice wanted) {
        return made(wanted, Device.NEVER);
    }

    private Device made(NewDevice wanted, Instant seen) {
        // Two packets of one PC can arrive together, and at two servers; the second finds what the first made.
        return inTurn(handle -> registered(wanted).orElseGet(() -> insert(handle, wanted, seen)));
    }

    /**
     * All that {@code work} enters and changes is there when it returns, or nothing of it. No device is registered meanwhile.
     *
     * @throws DatabaseUnreachable when nothing can be written now
     */
    public <T> T together(Supplier<T> work) {
        return inTurn(_ -> work.get());
    }

    private <T> T inTurn(HandleCallback<T, RuntimeException> work) {
        if (backend.isWriting() && !registering.isHeldByCurrentThread()) {
            throw new IllegalStateException("devices are entered in a transaction that was not begun by 'together'");
        }
        registering.lock(); // the next of this server must find this one in the picture
        try {
            return backend.write(handle -> {
                // Only the outermost of nested ones begins anew; the names of its transaction are given until it ends.
                if (registering.getHoldCount() == 1) {
                    names = new NamesGiven();
                }
                backend.exclusively(handle, Backend.Matter.REGISTRATION);
                // With the lock in hand nobody registers: what others have is in the picture after this, so that the
                // look below finds the PC's.
                changes.catchUp(handle);
                return work.withHandle(handle);
            });
        } finally {
            registering.unlock();
        }
    }

    /** In one transaction: of many new devices each costs a fraction of what it costs alone. */
    @Override
    public List<Device> register(List<NewDevice> wanted, Instant now) {
        if (wanted.size() < 2) {
            return wanted.stream().map(each -> register(each, now)).toList();
        }
        try {
            return inTurn(handle -> {
                List<Device> made = new ArrayList<>();
                for (NewDevice each : wanted) {
                    made.add(registered(each).orElseGet(() -> insert(handle, each, now)));
                }
                return made;
            });
        } catch (DatabaseUnreachable e) {
            LOG.warn("{} new devices cannot be registered now: {}", wanted.size(), e.getMessage());
            return wanted.stream()
                    .map(each -> Device.fresh(0, "unknown", each.registration(), each.facts(), now))
                    .toList();
        }
    }

    /** What another packet of the same PC has made, perhaps at another server. */
    private Optional<Device> registered(NewDevice wanted) {
        Set<IdentityKey> keys = IdentityKey.of(wanted.facts());
        return picture.sharing(keys).stream()
                .filter(device -> IdentityKey.of(device.facts()).containsAll(keys))
                .findFirst();
    }

    /** The name that the person gave, else by the naming pattern, else by the MAC address; with a number behind it where it is taken. */
    private Device insert(Handle handle, NewDevice wanted, Instant now) {
        Predicate<String> isTaken = name -> picture.isTaken(name) || names.isGiven(name);
        String base = wanted.name()
                .filter(Device::isName)
                .or(() -> names.named(wanted, isTaken))
                .orElseGet(() -> nameOf(wanted.facts()));
        String name = base;
        while (true) {
            if (!isTaken.test(name)) {
                Device device = Device.fresh(0, name, wanted.registration(), wanted.facts(), now)
                        .withGroup(wanted.group())
                        .withNote(wanted.note());
                Optional<Long> id = DeviceRow.bind(handle.createQuery(DeviceRow.INSERT), device)
                        .mapTo(Long.class)
                        .findOne();
                names.give(name); // or another server has, a moment ago
                if (id.isPresent()) {
                    Device kept = device.withId(id.get());
                    committed(handle, new DevicePicture.Row(kept, 1));
                    return kept;
                }
            }
            name = names.another(base);
        }
    }

    /** {@code pc-525400123456}: fifteen characters, as NetBIOS allows. */
    private static String nameOf(Facts facts) {
        return facts.first(FactName.MAC)
                .map(mac -> "pc-" + mac.replaceAll("[^0-9A-Fa-f]", "").toLowerCase(Locale.ROOT))
                .filter(Device::isName)
                .orElse("pc");
    }

    @Override
    public void imaged(long device, Optional<LastImage> image) {
        change(device, row -> row.withLastImage(image));
    }

    @Override
    public Device learn(Device device, Facts facts, Instant now) {
        Device current = picture.find(device.id()).orElse(device);
        Facts merged = current.facts().mergedWith(facts);
        if (merged.equals(current.facts())) {
            if (now.isBefore(current.lastSeen().plus(SEEN_AGAIN)) || current.id() == 0) {
                return current;
            }
            seen.put(current.id(), now);
            return picture.seen(current, now);
        }
        try {
            Kept<Device> kept =
                    change(current.id(), row -> row.withFacts(row.facts().mergedWith(facts), now));
            return kept instanceof Kept.Done<Device>(Device learned) ? learned : current.withFacts(merged, now);
        } catch (DatabaseUnreachable e) {
            LOG.warn("facts of '{}' are kept when the database is back: {}", current.name(), e.getMessage());
            if (current.id() == 0) {
                return current.withFacts(merged, now);
            }
            learnt.merge(current.id(), facts, Facts::mergedWith);
            return picture.learnt(current, facts, now);
        }
    }

    @Override
    public Optional<Device> settle(Question.Outcome outcome, Instant now) {
        return switch (outcome) {
            case Question.Outcome.Keep(Device settled, long merged) -> {
                Kept<Device> kept = backend.write(handle -> {
                    if (merged != 0 && find(settled.id()).isPresent()) {
                        schedules.leave(handle, merged, Optional.of(settled.id()));
                    }
                    Kept<Device> changed = change(
                            settled.id(),
                            row -> row.withFacts(row.facts().mergedWith(settled.facts()), now)
                                    .withMarks(settled.marks()));
                    if (merged != 0 && changed instanceof Kept.Done<Device>) {
                        works.inherit(handle, merged, settled.id());
                        remove(merged);
                    } else if (merged != 0) { // who was to be its heir went in this moment
                        schedules.leave(handle, settled.id(), Optional.of(merged));
                    }
                    return changed;
                });
                yield kept instanceof Kept.Done<Device>(Device device) ? Optional.of(device) : Optional.empty();
            }
            case Question.Outcome.Register(NewDevice wanted, Set<IdentityKey> marks) -> {
                Device made = register(wanted, now);
                Kept<Device> kept = change(made.id(), row -> row.withMarks(marks));
                yield kept instanceof Kept.Done<Device>(Device device) ? Optional.of(device) : Optional.empty();
            }
        };
    }

    /**
     * Keeps what {@code change} makes of the device as it is in the database now, whoever wrote it. Refused when the name is
     * another's.
     */
    public Kept<Device> change(long id, UnaryOperator<Device> change) {
        return backend.write(handle -> {
            Optional<DevicePicture.Row> row = row(handle, id);
            if (row.isEmpty()) {
                return new Kept.Gone<>();
            }
            if (Precondition.isOpen()) {
                picture.put(row.get()); // another server's last change may be on its way
                Precondition.ask();
            }
            Device before = row.get().device();
            Device after = change.apply(before);
            if (!DevicePicture.key(before.name()).equals(DevicePicture.key(after.name()))) {
                // Names are given out by registrations too, so both stand in the same queue.
                backend.exclusively(handle, Backend.Matter.REGISTRATION);
                Optional<Long> other = handle.createQuery("select id from device where name_key = ?")
                        .bind(0, DevicePicture.key(after.name()))
                        .mapTo(Long.class)
                        .findOne();
                if (other.isPresent()) {
                    return new Kept.Refused<>("another device is named '" + after.name() + "'");
                }
            }
            if (registering.isHeldByCurrentThread()) {
                names.give(after.name());
            }
            long revision = DeviceRow.bind(handle.createQuery(DeviceRow.UPDATE), after)
                    .bind("id", id)
                    .mapTo(Long.class)
                    .one();
            committed(handle, new DevicePicture.Row(after, revision));
            return new Kept.Done<>(after);
        });
    }

    /** Locked until the transaction ends. */
    private Optional<DevicePicture.Row> row(Handle handle, long id) {
        return handle.createQuery("select * from device where id = ?" + backend.forUpdate())
                .bind(0, id)
                .map((row, context) -> DeviceRow.read(row))
                .findOne();
    }

    /** The names of the enabled schedules that are for this device alone: without it they are switched off. */
    public List<String> schedulesOnlyFor(long id) {
        return schedules.onlyFor(id);
    }

    /** With its work and its rules, and out of the schedules; its boots stay in the journal. False when there was none. */
    public boolean remove(long id) {
        return backend.write(handle -> {
            schedules.leave(handle, id, Optional.empty()); // first, as where two devices become one
            policy.removeRulesOf(handle, id);
            if (Precondition.isOpen()) {
                row(handle, id).ifPresent(picture::put);
                Precondition.ask();
            }
            handle.execute("delete from work where device = ?", id);
            boolean was = handle.execute("delete from device where id = ?", id) == 1;
            handle.afterCommit(() -> picture.remove(id));
            changes.announce(handle, Topic.DEVICE, List.of(id));
            return was;
        });
    }

    /** The picture first, then who listens: they look into it. */
    private void committed(Handle handle, DevicePicture.Row row) {
        handle.afterCommit(() -> picture.put(row));
        changes.announce(handle, Topic.DEVICE, List.of(row.device().id()));
    }

    /** By name. */
    public List<Device> all() {
        return picture.all().stream()
                .sorted(Comparator.comparing(device -> DevicePicture.key(device.name())))
                .toList();
    }

    @Override
    public Optional<Device> find(long id) {
        return picture.find(id);
    }

    /** By name, in any case; else by one of its MAC addresses, or by its number. */
    public List<Device> find(String text) {
        return picture.called(text);
    }

    /** Writes when devices were seen, all at once, and what could not be written when it was learnt. */
    void flush() {
        for (Map.Entry<Long, Facts> news : Map.copyOf(learnt).entrySet()) {
            change(news.getKey(), row -> row.withFacts(row.facts().mergedWith(news.getValue()), row.lastSeen()));
            learnt.remove(news.getKey(), news.getValue());
        }
        Map<Long, Instant> written = new HashMap<>(seen);
        if (written.isEmpty()) {
            return;
        }
        backend.run(handle -> {
            var batch = handle.prepareBatch("update device set last_seen = :seen, revision = revision + 1"
                    + " where id = :id and last_seen < :seen");
            written.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey()) // two servers must not lock the same rows in different orders
                    .forEach(entry -> batch.bind("seen", entry.getValue().toEpochMilli())
                            .bind("id", entry.getKey())
                            .add());
            batch.execute();
            changes.announce(handle, Topic.DEVICE, written.keySet());
        });
        written.forEach(seen::remove);
    }

    private void refresh(Handle handle, Set<Long> keys) {
        Set<Long> gone = new HashSet<>(keys);
        handle.createQuery("select * from device where id in (<ids>)")
                .bindList("ids", List.copyOf(keys))
                .map((row, context) -> DeviceRow.read(row))
                .forEach(row -> {
                    picture.put(row);
                    gone.remove(row.device().id());
                });
        gone.forEach(picture::remove);
    }

    private void reload(Handle handle) {
        picture.replace(() -> handle.createQuery("select * from device")
                .setFetchSize(1000)
                .map((row, context) -> DeviceRow.read(row))
                .list());
    }
}
