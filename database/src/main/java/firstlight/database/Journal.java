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
import java.util.concurrent.ConcurrentHashMap;

/**
 * The transactions, their events and their tokens. The boots of the last hour are in memory; what a firmware's packet causes is
 * written behind its back, in batches, for no firmware waits for a disk.
 */
public final class Journal implements Transactions, AutoCloseable {
    private static final Duration TOKEN_LIFE = Duration.ofHours(24);
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final int MANY = 20_000;

    private final Backend backend;
    private final JournalWriter writer;
    private final BootNumbers numbers;
    private final Map<String, Boot> byMac = new ConcurrentHashMap<>();

    /** One event as it is kept. {@code phase}: the seed's, 1 to 8; 0 for none. */
    public record Event(long id, long boot, Instant at, int phase, String kind, String text) {}

    Journal(Backend backend, Instant now) {
        this.backend = backend;
        this.writer = new JournalWriter(backend);
        this.numbers = new BootNumbers(backend);
        backend.run(handle -> handle.execute("delete from token where expires < ?", now.toEpochMilli()));
    }

    /** The boot that a DISCOVER belongs to; a new one when the last is over. */
    public Boot firstPacket(MacAddress mac, long device, Instant now) {
        forgetOld(now);
        return byMac.compute(mac.toString(), (key, current) -> {
            if (current != null && current.takesFirstPacket(now)) {
                return current.of(device, now);
            }
            Boot opened = fresh(key, device, now);
            writer.write(opened);
            return opened;
        });
    }

    @Override
    public Opened open(long device, Facts facts, Instant now) {
        Boot boot = byMac.compute(facts.first(FactName.MAC).orElse(""), (mac, current) -> {
            Boot asked = current != null && !mac.isEmpty() && current.takesQuestion(now)
                    ? current.of(device, now).with(Boot.State.ASKED, now)
                    : fresh(mac, device, now).with(Boot.State.ASKED, now);
            writer.write(asked);
            return asked;
        });
        writer.hurry(); // the client may come with its token right after a crash of ours
        Token token = Token.random();
        // Not behind the client's back, for the same reason.
        backend.run(handle -> handle.execute(
                "insert into token (hash, boot, expires) values (?, ?, ?)",
                token.hash(),
                boot.id(),
                now.plus(TOKEN_LIFE).toEpochMilli()));
        return new Opened(boot.id(), token.secret());
    }

    /** The boot that {@code token} was made for; empty when nobody made it or its time is over. */
    public Optional<Boot> bearer(String token, Instant now) {
        return backend.read(handle -> handle.createQuery("select boot from token where hash = ? and expires > ?")
                        .bind(0, Token.hash(token))
                        .bind(1, now.toEpochMilli())
                        .mapTo(Long.class)
                        .findOne())
                .flatMap(this::boot);
    }

    /** The latest boot of that MAC address. */
    public Optional<Boot> current(MacAddress mac) {
        return Optional.ofNullable(byMac.get(mac.toString()));
    }

    public Boot change(Boot boot, Boot.State state, long device, Instant now) {
        Boot changed = boot.of(device, now).with(state, now);
        byMac.computeIfPresent(boot.mac(), (mac, current) -> current.id() == boot.id() ? changed : current);
        writer.write(changed);
        return changed;
    }

    public void append(Boot boot, Instant at, int phase, String kind, String text) {
        writer.write(new Event(0, boot.id(), at, phase, kind, text));
    }

    public Optional<Boot> boot(long id) {
        Optional<Boot> recent =
                byMac.values().stream().filter(boot -> boot.id() == id).findFirst();
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
        return backend.read(handle -> handle.createQuery(
                        "select * from boot where :device in (0, device) order by id desc limit :limit")
                .bind("device", device)
                .bind("limit", limit)
                .map((row, context) -> JournalWriter.boot(row))
                .list());
    }

    /** Events after the one numbered {@code after}, oldest first; of one boot, or of all when {@code boot} is 0. */
    public List<Event> events(long boot, long after, int limit) {
        writer.flush();
        return backend.read(handle -> handle.createQuery(
                        "select * from event where id > :after and :boot in (0, boot) order by id limit :limit")
                .bind("after", after)
                .bind("boot", boot)
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
        return new Boot(numbers.next(), device, mac, Boot.State.OPEN, now, now);
    }

    private void forgetOld(Instant now) {
        if (byMac.size() > MANY) {
            byMac.values().removeIf(boot -> boot.lastEvent().plus(REMEMBERED).isBefore(now));
        }
    }

    @Override
    public void close() {
        writer.close();
        numbers.giveBack();
    }
}
