package firstlight.server.sites;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When images are pulled by themselves: {@code 22:00-06:00}, {@code sat,sun 00:00-24:00}, {@code mon-fri 18:00-24:00}. A window over
 * midnight belongs to the day on which it begins.
 *
 * @param windows empty for always
 */
public record Hours(List<Window> windows) {
    public static final Hours ALWAYS = new Hours(List.of());

    private static final int DAY = 24 * 60;
    private static final String TIME = "([01][0-9]|2[0-4]):([0-5][0-9])";
    private static final Pattern TEXT = Pattern.compile("(?:([a-z]{3}(?:[-,][a-z]{3})*) +)?" + TIME + "-" + TIME);
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    /**
     * Minutes of the day; {@code to} may be before {@code from}.
     *
     * @param days on which it begins
     * @param from 0 to 1439
     * @param to 0 to 1440; not {@code from}
     */
    public record Window(Set<DayOfWeek> days, int from, int to) {
        public Window {
            days = Set.copyOf(days);
        }

        /** Empty when {@code text} is none. */
        public static Optional<Window> parse(String text) {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches()) {
                return Optional.empty();
            }
            Optional<Set<DayOfWeek>> days =
                    parts.group(1) == null ? Optional.of(EnumSet.allOf(DayOfWeek.class)) : days(parts.group(1));
            int from = Integer.parseInt(parts.group(2)) * 60 + Integer.parseInt(parts.group(3));
            int to = Integer.parseInt(parts.group(4)) * 60 + Integer.parseInt(parts.group(5));
            return from >= DAY || to > DAY || from == to
                    ? Optional.empty()
                    : days.map(each -> new Window(each, from, to));
        }

        private static Optional<Set<DayOfWeek>> days(String text) {
            Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
            for (String part : text.split(",", -1)) {
                String[] ends = part.split("-", -1);
                int first = DAYS.indexOf(ends[0]);
                int last = DAYS.indexOf(ends[ends.length - 1]);
                if (first < 0 || last < 0 || ends.length > 2) {
                    return Optional.empty();
                }
                for (int day = first; day != (last + 1) % 7 || days.isEmpty(); day = (day + 1) % 7) {
                    days.add(DayOfWeek.of(day + 1));
                }
            }
            return Optional.of(days);
        }

        boolean holds(LocalDateTime now) {
            int minute = now.getHour() * 60 + now.getMinute();
            boolean today = days.contains(now.getDayOfWeek());
            if (from < to) {
                return today && minute >= from && minute < to;
            }
            return (today && minute >= from)
                    || (days.contains(now.getDayOfWeek().minus(1)) && minute < to);
        }
    }

    public Hours {
        windows = List.copyOf(windows);
    }

    /** Empty when one of {@code texts} is no window. */
    public static Optional<Hours> parse(List<String> texts) {
        List<Window> windows = new ArrayList<>();
        for (String text : texts) {
            Optional<Window> window = Window.parse(text);
            if (window.isEmpty()) {
                return Optional.empty();
            }
            windows.add(window.get());
        }
        return Optional.of(new Hours(windows));
    }

    /**
     * No window at all is always.
     *
     * @param now in the time of the server's host
     */
    public boolean isOpen(LocalDateTime now) {
        return windows.isEmpty() || windows.stream().anyMatch(window -> window.holds(now));
    }
}
