package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.util.function.Function;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** How many of a list that grows for ever. That there are more is said, or what is missing would be taken for done. */
final class Newest {
    private static final int MOST = 9999;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many, the newest (default: ${DEFAULT-VALUE}; at most " + MOST + ").")
    private int limit;

    /** @param parameters each with its ampersand */
    void print(Shared shared, String path, String parameters, Function<JsonNode, String> forPeople) {
        if (limit < 1 || limit > MOST) {
            throw new OperatorError("--limit is " + limit, "it must be from 1 to " + MOST);
        }
        // One more tells whether there are more.
        ArrayNode found = shared.api().all(path + "?limit=" + (limit + 1) + parameters);
        boolean more = found.size() > limit;
        if (more) {
            found.remove(limit);
        }
        shared.print(found, forPeople);
        if (more) {
            shared.warn("these are the newest " + limit + " only; --limit shows more, other options choose among them");
        }
    }
}
