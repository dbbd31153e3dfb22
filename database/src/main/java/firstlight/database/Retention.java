package firstlight.database;

import java.time.Instant;
import java.util.List;

/**
 * Takes away what ended long ago: fifty thousand PCs that boot each day write some ten thousand million octets a year. In slices, for
 * whoever writes meanwhile waits.
 */
final class Retention {
    /** Rows deleted in one transaction. */
    private static final int SLICE = 500;

    /** So many numbers are looked through at once: no query takes long, however many boots there are. */
    static final int LOOK = 50_000;

    private static final String ENDED = "'DONE', 'FAILED', 'CANCELLED'";

    private final Backend backend;

    Retention(Backend backend) {
        this.backend = backend;
    }

    /**
     * Boots, and all that was said in them; but not while work runs, however long ago it was begun. By their time: numbers go up with
     * it for one server, but of several each has blocks of its own, and what a quiet one noted lies behind newer ones of the others.
     * Answers how many.
     */
    int boots(Instant before) {
        int gone = 0;
        Numbers all = numbers("boot");
        for (long from = all.above; from < all.to; from += LOOK) {
            Numbers some = new Numbers(from, Math.min(all.to, from + LOOK));
            List<Long> old = old(some, before);
            for (int first = 0; first < old.size(); first += SLICE) {
                forget(old.subList(first, Math.min(old.size(), first + SLICE)));
            }
            gone += old.size();
        }
        return gone;
    }

    private record Numbers(long above, long to) {}

    private Numbers numbers(String table) {
        return backend.read(handle -> handle.createQuery(
                        "select coalesce(min(id), 0) as lowest, coalesce(max(id), 0) as highest from " + table)
                .map((row, context) -> new Numbers(row.getLong("lowest") - 1, row.getLong("highest")))
                .one());
    }

    private List<Long> old(Numbers some, Instant before) {
        return backend.read(handle -> handle.createQuery(
                        "select id from boot where id > ? and id <= ? and last_event < ? and id not in ("
                                + Journal.AT_WORK + ") order by id")
                .bind(0, some.above)
                .bind(1, some.to)
                .bind(2, before.toEpochMilli())
                .mapTo(Long.class)
                .list());
    }

    private void forget(List<Long> boots) {
        backend.run(handle -> {
            backend.exclusively(handle, Backend.Matter.JOURNAL);
            for (String rows : List.of("event where boot", "token where boot", "boot where id")) {
                handle.createUpdate("delete from " + rows + " in (<ids>)")
                        .bindList("ids", boots)
                        .execute();
            }
        });
    }

    /**
     * Work that has ended; but not the newest that a rule gave a device: rules look whether it has had its work. Of a rule that is gone
     * nobody asks, for numbers are not given again. Answers how many.
     */
    int works(Instant before) {
        int gone = 0;
        Numbers all = numbers("work");
        for (long from = all.above; from < all.to; from += LOOK) {
            List<Long> old = works(new Numbers(from, Math.min(all.to, from + LOOK)), before);
            for (int first = 0; first < old.size(); first += SLICE) {
                List<Long> ids = old.subList(first, Math.min(old.size(), first + SLICE));
                gone += backend.write(handle -> handle.createUpdate( // unless a person wants it again just now
                                "delete from work where id in (<ids>) and state in (" + ENDED + ")")
                        .bindList("ids", ids)
                        .execute());
            }
        }
        return gone;
    }

    private List<Long> works(Numbers some, Instant before) {
        return backend.read(handle -> handle.createQuery("select id from work where id > ? and id <= ? and state in ("
                        + ENDED + ")"
                        + " and changed < ? and (rule_id = 0 or rule_id not in (select id from rule)"
                        + " or exists (select 1 from work newer where newer.device = work.device"
                        + " and newer.rule_id = work.rule_id and newer.id > work.id and newer.state in (" + ENDED
                        + "))) order by id")
                .bind(0, some.above)
                .bind(1, some.to)
                .bind(2, before.toEpochMilli())
                .mapTo(Long.class)
                .list());
    }

    /** Alarms that somebody dismissed: anybody on the PCs' network can have some raised. Answers how many. */
    int alarms(Instant before) {
        int gone = 0;
        while (true) {
            int some = backend.write(handle -> handle.execute(
                    "delete from alarm where id in (select id from alarm where dismissed_by <> '' and last_at < ?"
                            + " order by id limit " + SLICE + ")",
                    before.toEpochMilli()));
            if (some == 0) {
                return gone;
            }
            gone += some;
        }
    }
}
