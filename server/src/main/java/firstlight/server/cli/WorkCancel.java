package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Takes work back: one, several, or a whole group's. Who gave it to the wrong room must not go from PC to PC. */
final class WorkCancel {
    private static final String GROUP = "group:";
    private static final List<String> OPEN = List.of("queued", "running");
    /** The server lists no more at once. */
    private static final int MOST = 10_000;

    private WorkCancel() {}

    /** What cannot be cancelled (it has just ended) does not keep the rest. */
    static void all(Shared shared, String which) {
        List<String> numbers = which.startsWith(GROUP)
                ? ofGroup(shared, which.substring(GROUP.length()))
                : List.of(which.strip().split(" *, *", -1));
        if (numbers.isEmpty()) {
            throw new OperatorError(
                    "no device of '" + which + "' has work that has not ended", "see firstlight work list");
        }
        List<OperatorError> failures = new ArrayList<>();
        for (String number : numbers) {
            try {
                shared.act(
                        "DELETE",
                        "work/" + ApiClient.part(number),
                        Shared.body(),
                        work -> "work " + number + " (" + Shared.text(work, "words") + ") is cancelled");
            } catch (OperatorError failure) {
                failures.add(failure);
            }
        }
        if (!failures.isEmpty()) {
            OperatorError first = failures.getFirst();
            throw numbers.size() == 1
                    ? first
                    : new OperatorError(
                            failures.size() + " of " + numbers.size() + " were not cancelled; the first: "
                                    + first.getMessage(),
                            first.cure(),
                            first);
        }
    }

    private static List<String> ofGroup(Shared shared, String group) {
        ApiClient api = shared.api();
        List<String> numbers = new ArrayList<>();
        for (String state : OPEN) {
            JsonNode works = api.all("work?limit=" + MOST + "&state=" + state + "&group=" + ApiClient.part(group));
            works.forEach(work -> numbers.add(Shared.text(work, "work")));
            if (works.size() == MOST) {
                shared.warn(
                        "more of its work is " + state + " than one list holds; say this once more when it is done");
            }
        }
        return numbers;
    }
}
