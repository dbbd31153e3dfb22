package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight rule}. */
@Command(
        name = "rule",
        description =
                "Conditions over facts, with work for the devices that meet them. A device's own rules go first, then "
                        + "its group's, the groups' above, the server's; the first that matches wins (docs/policy.md).",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight rule test 'model contains \"OptiPlex\" and memory >= 8 GiB'",
            "  firstlight rule add lab-pcs 'model contains \"OptiPlex\"' --restore room12",
            "  firstlight rule add spares 'always' --level \"group:Room 12\" --inventory",
            "  firstlight rule move 7 1",
            "  firstlight rule off 7",
            "  firstlight rule list",
            "  firstlight rule edit 7 --when 'memory >= 16 GiB'",
            "  firstlight rule on 7",
            "  firstlight rule delete 7"
        })
public final class RuleCommand {
    private static final String NR = "The rule's number in the list.";
    private static final String LEVEL = "server, group:NAME or device:NAME (default: server).";

    @Command(name = "list", description = "All rules, or those of one level, in their order.")
    void list(
            @Option(
                            names = "--level",
                            paramLabel = "LEVEL",
                            description = "server, group:NAME or device:NAME; without it, all.")
                    Optional<String> level,
            @Mixin Shared shared) {
        String query = level.isEmpty() ? "rules" : "rules?level=" + ApiClient.part(level.get());
        shared.print(shared.api().all(query), rules -> {
            Table table = new Table("NR", "LEVEL", "PLACE", "NAME", "WHEN", "WORK", "REPEAT", "STATE");
            for (JsonNode rule : rules) {
                table.row(
                        Shared.text(rule, "rule"),
                        Shared.text(rule, "level"),
                        Shared.text(rule, "position"),
                        Shared.text(rule, "name"),
                        Shared.text(rule, "when"),
                        Shared.text(rule, "words"),
                        Shared.text(rule, "repeat"),
                        rule.path("enabled").booleanValue(false) ? "on" : "off");
            }
            return table.text();
        });
    }

    @Command(name = "add", description = "Adds a rule.")
    void add(
            @Parameters(paramLabel = "NAME", description = "For people.") String name,
            @Parameters(paramLabel = "CONDITION", description = "docs/policy.md has the language; always matches all.")
                    String when,
            @Option(names = "--level", paramLabel = "LEVEL", defaultValue = "server", description = LEVEL) String level,
            @Option(names = "--place", paramLabel = "N", description = "Among the level's rules; without it, the last.")
                    Optional<Integer> place,
            @Option(
                            names = "--repeat",
                            paramLabel = "WHEN",
                            defaultValue = "once",
                            description = "once, newer (again for a newer version) or always.")
                    String repeat,
            @Option(names = "--kernel-arguments", paramLabel = "TEXT", description = "Of the imaging environment.")
                    Optional<String> arguments,
            @Option(names = "--off", description = "Do not switch it on yet.") boolean off,
            @ArgGroup(exclusive = false) @Nullable TaskWords task,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body()
                .put("name", name)
                .put("when", when)
                .put("level", level)
                .put("repeat", repeat)
                .put("enabled", !off);
        place.ifPresent(position -> body.put("position", position));
        arguments.ifPresent(text -> body.put("kernelArguments", text));
        body.set("task", (task == null ? new TaskWords() : task).task());
        shared.act("POST", "rules", body, RuleCommand::words);
    }

    @Command(name = "edit", description = "Changes a rule.")
    void edit(
            @Parameters(paramLabel = "NR", description = NR) long number,
            @Option(names = "--name", paramLabel = "NAME", description = "Its new name.") Optional<String> name,
            @Option(names = "--when", paramLabel = "CONDITION", description = "Its new condition.")
                    Optional<String> when,
            @Option(names = "--level", paramLabel = "LEVEL", description = "Hang it there.") Optional<String> level,
            @Option(names = "--repeat", paramLabel = "WHEN", description = "once, newer or always.")
                    Optional<String> repeat,
            @ArgGroup(exclusive = false) @Nullable TaskWords task,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body();
        name.ifPresent(text -> body.put("name", text));
        when.ifPresent(text -> body.put("when", text));
        level.ifPresent(text -> body.put("level", text));
        repeat.ifPresent(text -> body.put("repeat", text));
        if (task != null) { // one of its words at least was written
            body.set("task", task.task());
        }
        if (body.isEmpty()) {
            throw new OperatorError(
                    "nothing is named that rule " + number + " should become", "see firstlight rule edit --help");
        }
        change(number, body, shared);
    }

    @Command(name = "move", description = "Moves a rule among those of its level.")
    void move(
            @Parameters(paramLabel = "NR", description = NR) long number,
            @Parameters(paramLabel = "PLACE", description = "1 is the first.") int place,
            @Mixin Shared shared) {
        change(number, Shared.body().put("position", place), shared);
    }

    @Command(name = "on", description = "Switches a rule on.")
    void on(@Parameters(paramLabel = "NR", description = NR) long number, @Mixin Shared shared) {
        change(number, Shared.body().put("enabled", true), shared);
    }

    @Command(
            name = "off",
            description = "Switches a rule off, and keeps it. What it gave and no PC has begun is taken back.")
    void off(@Parameters(paramLabel = "NR", description = NR) long number, @Mixin Shared shared) {
        change(number, Shared.body().put("enabled", false), shared);
        tellOpen(number, shared);
    }

    @Command(name = "delete", description = "Removes a rule. What it gave and no PC has begun is taken back.")
    void delete(@Parameters(paramLabel = "NR", description = NR) long number, @Mixin Sure sure, @Mixin Shared shared) {
        sure.ask(() -> "delete " + words(shared.api().get("rules/" + number)));
        shared.act(
                "DELETE",
                "rules/" + number,
                Shared.body(),
                answer -> "rule " + number + " is removed" + takenBack(answer, "it"));
        tellOpen(number, shared);
    }

    /** A restore that has begun leaves half a disk where it is stopped, also between two attempts: that a person decides. */
    private static void tellOpen(long number, Shared shared) {
        int open = Stream.of("running", "queued")
                .mapToInt(state -> shared.api()
                        .all("work?limit=10000&state=" + state + "&rule=" + number)
                        .size())
                .sum();
        if (open > 0) {
            shared.warn((open == 1 ? "1 work of it goes" : open + " works of it go")
                    + " on, begun already or given again by hand; firstlight work cancel rule:" + number
                    + " stops that");
        }
    }

    @Command(name = "test", description = "Which of the known devices would match; nothing is done.")
    void test(
            @Parameters(paramLabel = "CONDITION", description = "A condition, or the number of a rule.")
                    String condition,
            @Option(
                            names = "--level",
                            paramLabel = "LEVEL",
                            description = "Of a condition: " + LEVEL + " A rule has its own.")
                    Optional<String> level,
            @Mixin Shared shared) {
        boolean isNumber = condition.matches("\\d{1,9}");
        TaskWords.refuse(isNumber && level.isPresent(), "--level", "a condition");
        ObjectNode body = isNumber
                ? Shared.body().put("rule", Integer.parseInt(condition))
                : Shared.body().put("when", condition).put("level", level.orElse("server"));
        shared.print(shared.api().ask("POST", "rules/test", body), answer -> {
            int match = answer.path("match").size();
            int unknown = answer.path("unknown").size();
            return match + " of " + Shared.text(answer, "devices") + " devices would match"
                    + (match == 0 ? "" : ": " + Shared.joined(answer.path("match")))
                    + (unknown == 0
                            ? ""
                            : "\n" + unknown + " may, once more is known of them: "
                                    + Shared.joined(answer.path("unknown")));
        });
    }

    /** What {@code body} does not name stays. */
    private static void change(long number, ObjectNode body, Shared shared) {
        shared.act("PATCH", "rules/" + number, body, RuleCommand::words);
    }

    private static String words(JsonNode rule) {
        return "rule " + Shared.text(rule, "rule") + " '" + Shared.text(rule, "name") + "' at "
                + Shared.text(rule, "level") + ", place " + Shared.text(rule, "position") + ": when "
                + Shared.text(rule, "when") + " then " + Shared.text(rule, "words")
                + (rule.path("enabled").booleanValue(false) ? "" : " (off)")
                + takenBack(rule, "it");
    }

    /** @param whose the rule that gave it, in words */
    static String takenBack(JsonNode answer, String whose) {
        int works = answer.path("takenBack").intValue(0);
        return works == 0
                ? ""
                : "; taken back, since no PC has begun it: " + works + (works == 1 ? " work" : " works") + " of "
                        + whose;
    }
}
