package firstlight.lab;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Follows the work of the PC that was switched on last, in the server's log: what an operator would watch. */
final class WorkWatch {
    /** As the server logs a transaction's events. */
    private static final Pattern EVENT = Pattern.compile("phase 8 (progress|image|order|result|refused): (.*)$");

    private final Stage stage;

    WorkWatch(Stage stage) {
        this.stage = stage;
    }

    /** An event of phase 8. */
    record Event(String kind, String text) {
        static Optional<Event> of(String logLine) {
            Matcher matcher = EVENT.matcher(logLine);
            return matcher.find() ? Optional.of(new Event(matcher.group(1), matcher.group(2))) : Optional.empty();
        }
    }

    /** Waits for the engine's result; returns its summary. A failure is a {@link LabFailure} with the engine's own words. */
    String result(int seconds) {
        String text = end(seconds);
        if (!text.startsWith("done")) {
            throw new LabFailure("the engine says: " + text);
        }
        String summary = text.replaceFirst("^done:? ?", "");
        stage.keepSummary(summary);
        return summary;
    }

    /** Waits for the engine to say that it failed; returns why. */
    String failure(int seconds) {
        String text = end(seconds);
        if (!text.startsWith("failed")) {
            throw new LabFailure("the work should have failed; the engine says: " + text);
        }
        return text;
    }

    /** Waits until some of the disk is done, and more is not: a progress of 1 to 99 %. */
    void inTheMiddle(int seconds) {
        Wait.until(
                "the engine's progress",
                seconds,
                () -> events().stream()
                        .anyMatch(event ->
                                event.kind().equals("progress") && event.text().matches(".* [1-9][0-9]? %.*")));
    }

    /** Whether the engine told its result. */
    boolean isOver() {
        return events().stream().anyMatch(event -> event.kind().equals("result"));
    }

    /** Waits until {@code phase}'s progress is {@code percent} or more; returns how much it is. */
    int reaches(String phase, int percent, int seconds) {
        Pattern progress = Pattern.compile("^" + phase + " (\\d+) %.*");
        AtomicInteger reached = new AtomicInteger();
        Wait.until("'" + phase + " " + percent + " %'", seconds, () -> {
            events().stream()
                    .filter(event -> event.kind().equals("progress"))
                    .map(event -> progress.matcher(event.text()))
                    .filter(Matcher::matches)
                    .forEach(matcher -> reached.set(Integer.parseInt(matcher.group(1))));
            return reached.get() >= percent;
        });
        return reached.get();
    }

    private String end(int seconds) {
        AtomicInteger told = new AtomicInteger();
        Wait.until("the engine's result", seconds, () -> tell(told));
        return events().stream()
                .filter(event -> event.kind().equals("result"))
                .map(Event::text)
                .findFirst()
                .orElse("");
    }

    /** Tells what is new; true when the result is among it. */
    private boolean tell(AtomicInteger told) {
        List<Event> events = events();
        for (Event event : events.subList(told.get(), events.size())) {
            if (!event.kind().equals("result")) {
                stage.journal().note(event.kind() + ": " + event.text());
            }
        }
        told.set(events.size());
        return events.stream().anyMatch(event -> event.kind().equals("result"));
    }

    /** Since the last PC was switched on: a second work of the same scenario does not see the first one's result. */
    private List<Event> events() {
        return stage.server()
                .log()
                .substring(stage.logMark())
                .lines()
                .flatMap(line -> Event.of(line).stream())
                .toList();
    }
}
