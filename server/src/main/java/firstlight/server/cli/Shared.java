package firstlight.server.cli;

import firstlight.server.DataDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What all commands that ask the server have in common. */
final class Shared {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:FIRSTLIGHT_DATA:-" + DataDirectory.USUAL + "}",
            description = "The running server's data directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(DataDirectory.USUAL);

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    ApiClient api() {
        return new ApiClient(new DataDirectory(data));
    }

    /** Prints what the server said, as a person or as a program wants it. */
    void print(JsonNode answer, Function<JsonNode, String> forPeople) {
        line(
                json
                        ? ApiClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer)
                        : forPeople.apply(answer));
    }

    void line(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    boolean wantsJson() {
        return json;
    }

    static String time(JsonNode instant) {
        return TIME.format(Instant.parse(instant.stringValue()));
    }

    static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isMissingNode() ? "" : value.asString("");
    }
}
