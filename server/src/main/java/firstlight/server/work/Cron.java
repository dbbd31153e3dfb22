package firstlight.server.work;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Five fields as crontab(5) has them: minute, hour, day of month, month, day of week. */
public final class Cron {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private Cron() {}

    /**
     * The first time after {@code now}; empty when there is none (the 30th of February).
     *
     * @throws IllegalArgumentException when {@code text} is no cron line
     */
    public static Optional<Instant> next(String text, ZoneId zone, Instant now) {
        return ExecutionTime.forCron(PARSER.parse(text).validate())
                .nextExecution(now.atZone(zone))
                .map(ZonedDateTime::toInstant);
    }
}
