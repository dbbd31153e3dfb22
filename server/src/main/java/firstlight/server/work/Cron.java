package firstlight.server.work;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Five fields as crontab(5) has them: minute, hour, day of month, month, day of week. */
public final class Cron {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private Cron() {}

    /**
     * The first time after {@code now}; empty when there is none (the 30th of February). As cron does it where clocks change: what comes
     * at an hour of its own comes once, also when that hour is there twice, and an hour's length later when it is left out; what comes
     * each hour goes by time that passes.
     *
     * @param zone whose clock the hours are
     * @throws IllegalArgumentException when {@code text} is no cron line
     */
    public static Optional<Instant> next(String text, ZoneId zone, Instant now) {
        ExecutionTime times = ExecutionTime.forCron(PARSER.parse(text).validate());
        if (text.strip().split("\\s+", -1)[1].startsWith("*")) {
            return times.nextExecution(now.atZone(zone)).map(ZonedDateTime::toInstant);
        }
        // By the clock on the wall, which ZonedDateTime then finds: of
        // two such times the first, of none the one behind the gap.
        Optional<ZonedDateTime> wall =
                times.nextExecution(now.atZone(zone).toLocalDateTime().atZone(ZoneOffset.UTC));
        while (wall.isPresent()) {
            Instant found = wall.get().toLocalDateTime().atZone(zone).toInstant();
            if (found.isAfter(now)) {
                return Optional.of(found);
            }
            wall = times.nextExecution(wall.get()); // it is in the second of two equal hours, and came in the first
        }
        return Optional.empty();
    }
}
