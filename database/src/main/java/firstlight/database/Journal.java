package firstlight.database;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.policy.Transactions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions, their events and their tokens. The boots of the last hour are in memory; what a firmware's packet causes is written
 * behind its back, in batches, for no firmware waits for a disk. {@link #append} and {@link #change} wait for nothing; lists of boots and
 * events flush first, and so have all that was said before.
 */
public final class Journal implements Transactions, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** From the preboot client's question to the engine's last word, but for work that runs longer (see {@link #bearer}). */
    private static final Duration TOKEN_LIFE = Duration.ofHours(24);
    /** Boots whose work runs now. */
    static final String AT_WORK = "select transaction_id from work where state = 'RUNNING'";

    /** An engine whose answer got lost repeats its result for an hour, and then a person starts its PC again. */
    private static final Duration REPEATED = Duration.ofHours(2);

    private static final String ENDED = "select transaction_id from work where state <> 'RUNNING' and changed > ?";

    /** What is older leaves the memory once there are {@link #MANY}; it is read from the database when somebody asks. */
    private static final Duration REMEMBERED = Duration.ofHours(1);
    /** A firmware's first packets, as two servers may hear them. */
    private static final Duration TOGETHER = Duration.ofSeconds(20);

    /** Boots in memory before they are looked through. A flood of invented MAC addresses makes as many as it likes for an hour. */
    private static final int MANY = 20_000;
    /** At most one packet in so long pays for looking through all. */
    private static final Duration LOOK_THROUGH = Duration.ofSeconds(5);

    private final Backend backend;
    private final Changes changes;
    private final JournalWriter writer;
    private final BootNumbers numbers;
    /** The latest boot of each MAC address; {@code compute} on it is the lock under which a boot goes on. */
    private final Map<String, Boot> byMac = new ConcurrentHashMap<>();

    private final AtomicReference<Instant> lookedThrough = new AtomicReference<>(Instant.EPOCH);
    /** Whose each of these boots is: each answer of a preboot client looks its boot up by number. */
    private final Map<Long, String> macs = new ConcurrentHashMap<>();
    /** Tokens that were given out while the database was away. */
    private final Map<String, Unwritten> unwritten = new ConcurrentHashMap<>();

    private record Unwritten(long boot, Instant expires) {}

    /**
     * One event as it is kept. {@code phase}: 1 to 8 (docs/transaction-server.md); 0 for none.
     *
     * @param id 0 before it is written; in the order in which events of all servers became visible
     * @param kind a word such as {@code offer}, cut after 40 characters; {@code text} after 1000
     */
    public record Event(long id, long boot, Instant at, int phase, String kind, String text) {}

    Journal(Backend backend, Changes changes, Instant now) {
        this.backend = backend;
        this.changes = changes;
        this.writer = new JournalWriter(backend, changes);
        changes.follow(Topic.TRANSACTION, new Changes.Follower(this::refresh, _ -> {}));
        this.numbers = new BootNumbers(backend);
        forgetExpired(now);
    }

    void forgetExpired(Instant now) {
        backend.run(handle -> handle.execute(
                "delete from token where expires < ? and boot not in (" + AT_WORK + ") and boot not in (" + ENDED + ")",
                now.toEpochMilli(),
                now.minus(REPEATED).toEpochMilli()));
        unwritten.values().removeIf(token -> token.expires.isBefore(now));
    }

    /** The boot that a DISCOVER belongs to; a new one when the last is over. */
    public Boot firstPacket(MacAddress mac, long device, Instant now) {
        forgetOld(now);
        return byMac.compute(mac.toString(), (key, current) -> {
            if (current != null && current.takesFirstPacket(now)) {
                Boot same = current.of(device, now);
                if (same.device() != current.device()) {
                    writer.write(same); // what was told of it came before it was registered
                }
                return same;
            }
            Boot opened = fresh(key, device, now);
            writer.write(opened);
            return opened;
        });
    }

    @Override
    public Opened open(long device, Facts facts, Instant now) {
        String address = facts.first(FactName.MAC).orElse("");
        seenElsewhere(address);
        Boot boot = byMac.compute(address, (mac, current) -> {
            Boot asked = current != null && !mac.isEmpty() && current.takesQuestion(now)
                    ? current.of(device, now).with(Boot.State.ASKED, now)
                    : fresh(mac, device, now).with(Boot.State.ASKED, now);
            writer.write(asked);
            return asked;
        });
        Token token = Token.random();
        Instant expires = now.plus(TOKEN_LIFE);
        try {
            // Not behind the client's back: it may come with this
            // token right after a crash of ours, or to another server.
            backend.run(handle -> {
                handle.execute(
                        JournalWriter.INSERT_BOOT,
                        boot.id(),
                        boot.device(),
                        boot.mac(),
                        boot.state().name(),
                        boot.opened().toEpochMilli(),
                        boot.lastEvent().toEpochMilli());
                handle.execute(
                        "insert into token (hash, boot, expires) values (?, ?, ?)",
                        token.hash(),
                        boot.id(),
                        expires.toEpochMilli());
                changes.announce(handle, Topic.TRANSACTION, List.of(boot.id()));
            });
        } catch (DatabaseUnreachable e) {
            unwritten.put(token.hash(), new Unwritten(boot.id(), expires));
            writer.writeToken(token.hash(), boot.id(), expires);
        }
        return new Opened(boot.id(), token.secret());
    }

    /**
     * The boot that {@code token} was made for; empty when nobody made it or its time is over. That is not before the end of work
     * that this boot began: a restore over a slow line takes days, and a clock can jump.
     */
    public Optional<Boot> bearer(String token, Instant now) {
        String hash = Token.hash(token);
        Unwritten made = unwritten.get(hash);
        return (made != null && now.isBefore(made.expires)
                        ? Optional.of(made.boot)
                        : backend.read(handle -> handle.createQuery(
                                        "select boot from token where hash = ? and (expires > ? or boot in (" + AT_WORK
                                                + "))")
                                .bind(0, hash)
                                .bind(1, now.toEpochMilli())
                                .mapTo(Long.class)
                                .findOne()))
                .flatMap(this::boot);
    }

    /**
     * The boot that {@code token} was made for, whose time is over, when work that it began has ended just now: its engine may not
     * have heard the answer to its result. Good for saying that again, and for nothing else.
     */
    public Optional<Boot> justEnded(String token, Instant now) {
        return backend.read(handle -> handle.createQuery(
                                "select boot from token where hash = ? and boot in (" + ENDED + ")")
                        .bind(0, Token.hash(token))
                        .bind(1, now.minus(REPEATED).toEpochMilli())
                        .mapTo(Long.class)
                        .findOne())
                .flatMap(this::boot);
    }

    /** Another server may have answered this PC's first packet, and its notice may be on the way. */
    private void seenElsewhere(String mac) {
        if (!backend.isShared() || mac.isEmpty()) {
            return;
        }
        try {
            backend.read(handle -> handle.createQuery("select * from boot where mac = ? order by opened desc limit 1")
                            .bind(0, mac)
                            .map((row, context) -> JournalWriter.boot(row))
                            .findOne())
                    .ifPresent(this::take);
        } catch (DatabaseUnreachable e) {
            LOG.debug("not asked whether another server knows the boot of {}", mac, e);
        }
    }

    private void refresh(Handle handle, Set<Long> keys) {
        handle.createQuery("select * from boot where id in (<ids>)")
                .bindList("ids", List.copyOf(keys))
                .map((row, context) -> JournalWriter.boot(row))
                .forEach(this::take);
    }

    /** Two servers that answer the same first packet open two boots. The one that went on counts, else the lower number. */
    private void take(Boot theirs) {
        if (theirs.mac().isEmpty()) {
            return;
        }
        macs.put(theirs.id(), theirs.mac());
        byMac.compute(theirs.mac(), (mac, ours) -> {
            if (ours == null) {
                return theirs;
            }
            if (ours.id() == theirs.id()) {
                return theirs.lastEvent().isBefore(ours.lastEvent()) ? ours : theirs;
            }
            Duration apart = Duration.between(ours.opened(), theirs.opened());
            if (apart.abs().compareTo(TOGETHER) > 0) {
                return apart.isPositive() ? theirs : ours;
            }
            if (ours.isFirmwareOnly() && (!theirs.isFirmwareOnly() || theirs.id() < ours.id())) {
                writer.merge(ours.id(), theirs.id());
                return theirs;
            }
            return ours;
        });
    }

    /** The latest boot of that MAC address. */
    public Optional<Boot> current(MacAddress mac) {
        return Optional.ofNullable(byMac.get(mac.toString()));
    }

    /** @param device 0 while nobody knows whose it is */
    public Boot change(Boot boot, Boot.State state, long device, Instant now) {
        Boot changed = boot.of(device, now).with(state, now);
        byMac.computeIfPresent(boot.mac(), (mac, current) -> current.id() == boot.id() ? changed : current);
        writer.write(changed);
        return changed;
    }

    /** As {@link Event}; it is in the database some 50 ms later, unless that is away or the queue is full. */
    public void append(Boot boot, Instant at, int phase, String kind, String text) {
        writer.write(new Event(0, boot.id(), at, phase, kind, text));
    }

    /** From memory where it is a MAC address' latest, else from the database; empty when it is not there (any more). */
    public Optional<Boot> boot(long id) {
        Optional<Boot> recent =
                Optional.ofNullable(macs.get(id)).map(byMac::get).filter(boot -> boot.id() == id);
        return recent.isPresent()
                ? recent
                : backend.read(handle -> handle.createQuery("select * from boot where id = ?")
                        .bind(0, id)
                        .map((row, context) -> JournalWriter.boot(row))
                        .findOne());
    }

    /** The newest boots, newest first; of one device, or of all when {@code device} is 0. */
    public List<Boot> boots(long device, int limit) {
        writer.flush();
        // One query for both would look through all boots of a site for those of one PC.
        String which = device == 0 ? "" : "where device = " + device;
        return backend.read(
                handle -> handle.createQuery("select * from boot " + which + " order by id desc limit :limit")
                        .bind("limit", limit)
                        .map((row, context) -> JournalWriter.boot(row))
                        .list());
    }

    /** Events after the one numbered {@code after}, oldest first; of one boot, or of all when {@code boot} is 0. */
    public List<Event> events(long boot, long after, int limit) {
        writer.flush();
        String which = boot == 0 ? "" : "and boot = " + boot;
        return backend.read(handle -> handle.createQuery(
                        "select * from event where id > :after " + which + " order by id limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> new Event(
                        row.getLong("id"),
                        row.getLong("boot"),
                        Instant.ofEpochMilli(row.getLong("at")),
                        row.getInt("phase"),
                        row.getString("kind"),
                        row.getString("text")))
                .list());
    }

    /** The number of the newest event. */
    public long lastEvent() {
        writer.flush();
        return backend.read(handle -> handle.createQuery("select coalesce(max(id), 0) from event")
                .mapTo(Long.class)
                .one());
    }

    private Boot fresh(String mac, long device, Instant now) {
        Boot opened = new Boot(numbers.next(), device, mac, Boot.State.OPEN, now, now);
        macs.put(opened.id(), mac);
        return opened;
    }

    /** All are looked through: not for each of the packets that made them many. */
    private void forgetOld(Instant now) {
        Instant before = lookedThrough.get();
        if (now.isBefore(before.plus(LOOK_THROUGH)) || !lookedThrough.compareAndSet(before, now)) {
            return;
        }
        if (byMac.size() > MANY) {
            byMac.values().removeIf(boot -> boot.lastEvent().plus(REMEMBERED).isBefore(now));
        }
        if (macs.size() > 2 * MANY) {
            macs.entrySet().removeIf(each -> {
                Boot latest = byMac.get(each.getValue());
                return latest == null || latest.id() != each.getKey();
            });
        }
    }

    @Override
    public void close() {
        writer.close();
        try {
            numbers.giveBack();
        } catch (DatabaseUnreachable e) {
            LOG.debug("numbers stay unused", e);
        }
    }
}
