package firstlight.server.cli;

import firstlight.model.OneLine;
import firstlight.server.configuration.DataDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What all commands that ask the server have in common. A picocli mixin: of the command that it stands in. */
final class Shared {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    /** Where nobody named one, the usual: Target then may mean the server that was signed in to. */
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:FIRSTLIGHT_DATA:-" + DataDirectory.USUAL + "}",
            description = "The running server's data directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(DataDirectory.USUAL);

    @Option(
            names = "--server",
            paramLabel = "URL",
            description =
                    "Another host's server: https://HOST:PORT (default: the variable FIRSTLIGHT_SERVER, where no --data is"
                            + " given). Without it, this host's, else the one signed in to.")
    private Optional<String> server = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with an API token (firstlight token add), in place of the sign-in.")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(
            names = "--pin",
            paramLabel = "SHA256",
            defaultValue = "",
            description = "Of the server's certificate, with --token-file; without it a known CA must have signed it.")
    private String pin = "";

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    /** Of the server on this host. */
    Path data() {
        return data;
    }

    ApiClient api() {
        Optional<String> variable = Optional.ofNullable(System.getenv("FIRSTLIGHT_SERVER"));
        return new ApiClient(Target.choose(server(variable), tokenFile, pin, data));
    }

    /**
     * The one that was named. A variable stands in a profile: what is written for this command goes before it.
     *
     * @param variable names a server for all commands
     */
    Optional<String> server(Optional<String> variable) {
        boolean directory = spec.commandLine().getParseResult().hasMatchedOption("--data");
        return server.or(() -> variable.filter(named -> !named.isBlank() && !directory));
    }

    /** The server of the sign-in, whatever else could be meant. */
    ApiClient signedIn() {
        return new ApiClient(Target.ofSignIn().orElseThrow());
    }

    /** The store of this host's data directory, read without the server. */
    LocalStore store() {
        return new LocalStore(data, spec);
    }

    /**
     * Prints what the server said, as a person or as a program wants it.
     *
     * @param forPeople not asked where JSON is wanted
     */
    void print(JsonNode answer, Function<JsonNode, String> forPeople) {
        line(
                json
                        ? ApiClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer)
                        : shown(forPeople.apply(answer)));
    }

    /** What PCs and strangers have said of themselves moves no cursor here. */
    private static String shown(String text) {
        return text.lines().map(OneLine::of).collect(Collectors.joining("\n"));
    }

    /** Asks, and prints what was done; or that it waits for a second person. */
    void act(String method, String path, ObjectNode body, Function<JsonNode, String> forPeople) {
        printDone(api().ask(method, path, body), forPeople);
    }

    /** Prints what was done, as the server said; or that it waits for a second person. */
    void printDone(JsonNode said, Function<JsonNode, String> forPeople) {
        print(
                said,
                answer -> answer.has("confirmation") && answer.has("reason")
                        ? "held: " + text(answer, "reason") + "\n  firstlight work confirm "
                                + text(answer, "confirmation")
                        : forPeople.apply(answer));
    }

    static ObjectNode body() {
        return ApiClient.JSON.createObjectNode();
    }

    /** An empty list is left out: the API takes it for "not said". */
    static void texts(ObjectNode body, String name, Collection<String> texts) {
        if (!texts.isEmpty()) {
            texts.forEach(body.putArray(name)::add);
        }
    }

    static String joined(JsonNode array) {
        return array.valueStream().map(node -> node.asString("")).collect(Collectors.joining(", "));
    }

    /** Of policy; of the menu's entries the titles, of a script the name (--json has the whole). */
    static String value(JsonNode value) {
        if (value.isArray()) {
            return value.valueStream()
                    .map(entry -> "'" + text(entry, "title") + "'")
                    .collect(Collectors.joining(", "));
        }
        if (value.has("seconds")) {
            return text(value, "text").isBlank() ? "none" : text(value, "name");
        }
        return value.isObject() ? value.toString() : value.asString("");
    }

    void line(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    /** What a person must know beside the answer; the standard output is the answer alone. */
    void warn(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("firstlight: " + text);
        err.flush();
    }

    boolean wantsJson() {
        return json;
    }

    /** In this host's time zone; empty when it is absent. */
    static String time(JsonNode instant) {
        return instant.isMissingNode() ? "" : TIME.format(Instant.parse(instant.stringValue()));
    }

    /** {@code 12.5 MB}, of 1,000,000 octets each. */
    static String megabytes(long octets) {
        return String.format(Locale.ROOT, "%.1f MB", octets / 1e6);
    }

    /** Numbers and flags as text; empty for what is absent or null. */
    static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isMissingNode() ? "" : value.asString("");
    }
}
