package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight policy}. */
@Command(
        name = "policy",
        description =
                "What counts for devices, and where it comes from. LEVEL is server, group:NAME or device:NAME; the "
                        + "nearest to the device wins. Keys: menu, entries, kernel-arguments, preboot-client.bios, "
                        + "preboot-client.uefi, after-work, max-attempts, naming, network, script-before, script-after (docs/policy.md).",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight policy set server menu never",
            "  firstlight policy set \"group:Room 12\" menu hotkey 5",
            "  firstlight policy set \"group:Room 12\" naming 'room12-pc{number:02}'",
            "  firstlight policy set server script-before check-bios.sh",
            "  firstlight policy clear device:ROOM12-PC3 menu",
            "  firstlight policy show device:ROOM12-PC3"
        })
public final class PolicyCommand {
    /** A naming pattern may begin with a brace as well. */
    private static final Set<String> JSON = Set.of("entries", "network");

    private static final String LEVEL = "server, group:NAME or device:NAME.";

    @Command(name = "show", description = "What counts at a level, and where it comes from.")
    void show(@Parameters(paramLabel = "LEVEL", description = LEVEL) String level, @Mixin Shared shared) {
        shared.print(shared.api().get(path(level)), PolicyCommand::words);
    }

    @Command(name = "set", description = "Sets a value of a level.")
    void set(
            @Parameters(paramLabel = "LEVEL", description = LEVEL) String level,
            @Parameters(paramLabel = "KEY", description = "See firstlight policy --help.") String key,
            @Parameters(
                            paramLabel = "VALUE",
                            arity = "1..*",
                            description =
                                    "JSON for entries and network pools (docs/policy.md), a file's name for scripts.")
                    List<String> value,
            @Mixin Shared shared) {
        String text = String.join(" ", value);
        ObjectNode body = Shared.body();
        if (JSON.contains(key) && (text.startsWith("{") || text.startsWith("["))) {
            try {
                body.set(key, ApiClient.JSON.readTree(text));
            } catch (JacksonException e) {
                throw new OperatorError("the value is no JSON: " + e.getOriginalMessage(), "see docs/policy.md", e);
            }
        } else if (key.equals("script-before") || key.equals("script-after")) {
            body.set(key, TaskWords.around(Path.of(text), Optional.empty()));
        } else if (text.matches("\\d{1,9}") && key.equals("max-attempts")) {
            body.put(key, Integer.parseInt(text));
        } else {
            body.put(key, text);
        }
        shared.act("PATCH", path(level), body, PolicyCommand::words);
        if (body.path("network").isObject()) {
            shared.warn(
                    "this is kept and shown, but no PC gets an address by it yet; img safe --set network=... at the PC"
                            + " gives it one (docs/format/image-safe-data.md)");
        }
    }

    @Command(name = "clear", description = "Leaves a value to the next level again.")
    void clear(
            @Parameters(paramLabel = "LEVEL", description = LEVEL) String level,
            @Parameters(paramLabel = "KEY", description = "See firstlight policy --help.") String key,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body();
        body.putNull(key);
        shared.act("PATCH", path(level), body, PolicyCommand::words);
    }

    private static String path(String level) {
        return "policy/" + ApiClient.part(level);
    }

    private static String words(JsonNode answer) {
        StringBuilder text = new StringBuilder(Shared.text(answer, "level"));
        answer.path("effective").properties().forEach(value -> {
            JsonNode what = value.getValue().path("value");
            text.append(String.format(
                    Locale.ROOT,
                    "%n  %-20s %-24s %s",
                    value.getKey(),
                    Shared.value(what),
                    Shared.text(value.getValue(), "from")));
        });
        return text.toString();
    }
}
