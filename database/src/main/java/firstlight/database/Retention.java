package firstlight.database;

import java.time.Instant;
import java.util.List;

/**
 * Takes away what ended long ago: fifty thousand PCs that boot each day write some ten thousand million octets a year. In slices, for
 * whoever writes meanwhile waits.
 */
final class Retention {
    private static final int SLICE = 500;

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
        long seen = 0;
        while (true) {
            long from = seen;
            List<Long> old = backend.read(handle -> {
                backend.unhurried(handle); // the last of these looks through all
                return handle.createQuery("select id from boot where id > ? and last_event < ? and id not in ("
                                + Journal.AT_WORK + ") order by id limit " + SLICE)
                        .bind(0, from)
                        .bind(1, before.toEpochMilli())
                        .mapTo(Long.class)
                        .list();
            });
            if (old.isEmpty()) {
                return gone;
            }
            forget(old);
            gone += old.size();
            seen = old.getLast();
        }
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

    /** Work that has ended; but not that of rules, which look whether a device has had its work. Answers how many. */
    int works(Instant before) {
        int gone = 0;
        while (true) {
            int some = backend.write(handle -> handle.execute(
                    "delete from work where id in (select id from work where rule_id = 0"
                            + " and state in ('DONE', 'FAILED', 'CANCELLED') and changed < ? order by id limit " + SLICE
                            + ")",
                    before.toEpochMilli()));
            if (some == 0) {
                return gone;
            }
            gone += some;
        }
    }
}
