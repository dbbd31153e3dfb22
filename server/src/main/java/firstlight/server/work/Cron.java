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
     * Of a line that names days by both fields cron takes either, unless one of the two begins with a star: then both must be right, while
     * the library takes either.
     *
     * @param times of the line, or of what it says beside the day of week
     * @param days when a found time counts only on some days of the week: of those
     */
    private record Times(ExecutionTime times, Optional<ExecutionTime> days) {
        /** Five fields come on some day of each in so many years, leap days on Sundays too, or never. */
        private static final int YEARS = 41;

        static Times of(String text) {
            ExecutionTime line = ExecutionTime.forCron(PARSER.parse(text).validate());
            String[] fields = text.strip().split("\\s+", -1);
            String day = fields[2];
            String weekday = fields[4];
            boolean both = (day.startsWith("*") || weekday.startsWith("*")) && !day.equals("*") && !weekday.equals("*");
            return both
                    ? new Times(
                            line(fields[0], fields[1], day, fields[3], "*"),
                            Optional.of(line("*", "*", "*", "*", weekday)))
                    : new Times(line, Optional.empty());
        }

        private static ExecutionTime line(String... fields) {
            return ExecutionTime.forCron(PARSER.parse(String.join(" ", fields)).validate());
        }

        Optional<ZonedDateTime> after(ZonedDateTime time) {
            Optional<ZonedDateTime> found = times.nextExecution(time);
            while (found.isPresent() && !isRightDay(found.get())) {
                // On to the next day: a line may come each minute.
                ZonedDateTime evening = found.get()
                        .toLocalDate()
                        .plusDays(1)
                        .atStartOfDay(time.getZone())
                        .minusSeconds(1);
                found = times.nextExecution(evening).filter(next -> next.getYear() <= time.getYear() + YEARS);
            }
            return found;
        }

        private boolean isRightDay(ZonedDateTime found) {
            return days.isEmpty() || days.get().isMatch(found);
        }
    }

    /**
     * The first time after {@code now}; empty when there is none (the 30th of February). As cron does it where clocks change: what comes
     * at an hour of its own comes once, also when that hour is there twice, and an hour's length later when it is left out; what comes
     * each hour goes by time that passes.
     *
     * @param zone whose clock the hours are
     * @throws IllegalArgumentException when {@code text} is no cron line
     */
    public static Optional<Instant> next(String text, ZoneId zone, Instant now) {
        Times times = Times.of(text);
        if (text.strip().split("\\s+", -1)[1].startsWith("*")) {
            return times.after(now.atZone(zone)).map(ZonedDateTime::toInstant);
        }
        // By the clock on the wall, which ZonedDateTime then finds: of
        // two such times the first, of none the one behind the gap.
        Optional<ZonedDateTime> wall =
                times.after(now.atZone(zone).toLocalDateTime().atZone(ZoneOffset.UTC));
        while (wall.isPresent()) {
            Instant found = wall.get().toLocalDateTime().atZone(zone).toInstant();
            if (found.isAfter(now)) {
                return Optional.of(found);
            }
            wall = times.after(wall.get()); // it is in the second of two equal hours, and came in the first
        }
        return Optional.empty();
    }
}
