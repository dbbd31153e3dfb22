package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.Scripts;
import firstlight.model.WorkScript;
import firstlight.wire.work.Hello;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The scripts that run before and after work on disks. */
final class WorkScripts {
    private final WorkOrder.Heading heading;
    private final Facts facts;
    private final Console console;
    private final Function<String, ScriptRun> runs;

    /** @param runs a run whose reports have that word */
    WorkScripts(WorkOrder.Heading heading, Facts facts, Console console, Function<String, ScriptRun> runs) {
        this.heading = heading;
        this.facts = facts;
        this.console = console;
        this.runs = runs;
    }

    /**
     * What the work is, as the scripts see it.
     *
     * @param kind {@code capture}, {@code restore}, {@code wipe}
     * @param image empty where there is none
     * @param version 0 where there is none, or none yet
     */
    record Subject(String kind, String image, int version, List<Path> disks) {
        Subject withVersion(int made) {
            return new Subject(kind, image, made, disks);
        }
    }

    /** As this PC has said it before its work. */
    Hello hello() {
        return new Hello(Engine.NAME, facts, false);
    }

    /** Of the card that this PC started from. */
    String mac() {
        return facts.first(FactName.MAC).orElse("");
    }

    /** Before anything is touched. @throws ImageFailure when the script fails: the work must not begin */
    void before(Subject work) throws IOException {
        Optional<WorkScript> script = scripts().before();
        if (script.isPresent()) {
            run(
                    script.get(),
                    "before",
                    variables(work, "before", ""),
                    "",
                    "Nothing was touched. Mend the script, or leave it out, and give the work anew; what it said is in"
                            + " the transaction's events");
        }
    }

    /**
     * The work has ended well: {@code summary}, to which it adds what the script did.
     *
     * @throws ImageFailure when the script fails: the work has failed then, though the disk is right
     */
    String after(Subject work, String summary) throws IOException {
        Optional<WorkScript> script = scripts().after();
        if (script.isEmpty()) {
            return summary;
        }
        String ended = run(
                script.get(),
                "after",
                variables(work, "after", summary),
                "; the work before it ended well: " + summary,
                "Mend the script and give the work anew: what is right on the disk already is not fetched again");
        return summary + "; " + ended;
    }

    private Scripts scripts() {
        return heading.scripts();
    }

    /** Ends when the script has, or its time is over: how long that may be, the work says in seconds. */
    private String run(WorkScript script, String when, Map<String, String> variables, String besides, String cure)
            throws IOException {
        console.line("script '" + script.name() + "' runs " + when + " the work");
        ScriptRun run = runs.apply("script-" + when);
        Duration limit = Duration.ofSeconds(script.seconds());
        ScriptRun.Outcome outcome = run.run(script.text(), variables, limit);
        String ended = "script '" + script.name() + "' " + when + " the work " + outcome.words(limit) + ", "
                + outcome.lines() + " lines of output";
        console.line(ended);
        run.tell(ended);
        if (!outcome.succeeded()) {
            String tail = outcome.tail().isEmpty()
                    ? "it said nothing"
                    : "its last words: " + String.join(" | ", outcome.tail());
            throw new ImageFailure(
                    "The script '" + script.name() + "' " + when + " the work failed",
                    "it " + outcome.words(limit) + "; " + tail + besides,
                    cure);
        }
        return ended;
    }

    private Map<String, String> variables(Subject work, String when, String result) {
        Map<String, String> variables = ScriptVariables.of(facts, heading);
        variables.put("FL_SCRIPT", when);
        variables.put("FL_WORK", work.kind());
        variables.put("FL_IMAGE", work.image());
        variables.put("FL_VERSION", work.version() == 0 ? "" : Integer.toString(work.version()));
        variables.put(
                "FL_DISKS",
                String.join("\n", work.disks().stream().map(Path::toString).toList()));
        variables.put("FL_RESULT", result);
        return variables;
    }
}
