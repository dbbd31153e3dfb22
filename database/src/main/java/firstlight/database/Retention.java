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

    /** Boots, and all that was said in them; but not while work runs, however long ago it was begun. Answers how many boots. */
    int boots(Instant before) {
        int gone = 0;
        long seen = 0;
        while (true) {
            // Numbers go up with time, so those that are old come first.
            long from = seen;
            List<Boot> slice =
                    backend.read(handle -> handle.createQuery("select * from boot where id > ? and id not in ("
                                    + Journal.AT_WORK + ") order by id limit " + SLICE)
                            .bind(0, from)
                            .map((row, context) -> JournalWriter.boot(row))
                            .list());
            List<Long> old = slice.stream()
                    .filter(boot -> boot.lastEvent().isBefore(before))
                    .map(Boot::id)
                    .toList();
            if (old.isEmpty()) {
                return gone;
            }
            backend.run(handle -> {
                backend.exclusively(handle, Backend.Matter.JOURNAL);
                for (String rows : List.of("event where boot", "token where boot", "boot where id")) {
                    handle.createUpdate("delete from " + rows + " in (<ids>)")
                            .bindList("ids", old)
                            .execute();
                }
            });
            gone += old.size();
            seen = slice.getLast().id();
        }
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
