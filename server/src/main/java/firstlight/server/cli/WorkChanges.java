package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Cancels work (one, several, or all of a group or rule), or begins it again (one or several). Who gave it to the wrong room must not go
 * from PC to PC.
 */
final class WorkChanges {
    private static final String GROUP = "group:";
    private static final String RULE = "rule:";
    private static final List<String> OPEN = List.of("queued", "running");
    /** The server lists no more at once. */
    private static final int MOST = 10_000;

    private WorkChanges() {}

    static void cancelled(Shared shared, String which) {
        List<String> numbers = which.startsWith(GROUP) || which.startsWith(RULE) ? open(shared, which) : split(which);
        if (numbers.isEmpty()) {
            throw new OperatorError(
                    "no device of '" + which + "' has work that has not ended", "see firstlight work list");
        }
        each(numbers, "cancelled", number -> act(shared, "DELETE", number, "", "is cancelled"));
    }

    /** Begins it again. Not a group's: what failed there last year nobody wants to have begun. */
    static void retried(Shared shared, List<Long> numbers) {
        List<String> written = numbers.stream().map(String::valueOf).toList();
        each(written, "begun again", number -> act(shared, "POST", number, "/retry", "is queued again"));
    }

    /** None would be everybody: a variable that is not set must not end all work of the site. */
    private static String group(String which) {
        String name = which.substring(GROUP.length());
        if (name.isBlank()) {
            throw new OperatorError(
                    "'" + which + "' names no group", "write \"group:NAME\"; see firstlight group list");
        }
        return "&group=" + ApiClient.part(name);
    }

    private static String rule(String which) {
        String number = which.substring(RULE.length());
        if (!number.matches("[1-9]\\d{0,17}")) {
            throw new OperatorError("'" + which + "' names no rule", "write rule:NR; see firstlight rule list");
        }
        return "&rule=" + number;
    }

    private static List<String> split(String which) {
        return List.of(which.strip().split(" *, *", -1));
    }

    private static void act(Shared shared, String method, String number, String what, String became) {
        shared.act(
                method,
                "work/" + ApiClient.part(number) + what,
                Shared.body(),
                work -> "work " + number + " (" + Shared.text(work, "words") + ") " + became);
    }

    /** What cannot be done of one (it has just ended) does not keep the rest. */
    private static void each(List<String> numbers, String done, Consumer<String> act) {
        List<OperatorError> failures = new ArrayList<>();
        for (String number : numbers) {
            try {
                act.accept(number);
            } catch (OperatorError failure) {
                failures.add(failure);
            }
        }
        if (!failures.isEmpty()) {
            OperatorError first = failures.getFirst();
            throw numbers.size() == 1
                    ? first
                    : new OperatorError(
                            failures.size() + " of " + numbers.size() + " were not " + done + "; the first: "
                                    + first.getMessage(),
                            first.cure(),
                            first);
        }
    }

    private static List<String> open(Shared shared, String which) {
        String whose = which.startsWith(GROUP) ? group(which) : rule(which);
        ApiClient api = shared.api();
        List<String> numbers = new ArrayList<>();
        for (String state : OPEN) {
            JsonNode works = api.all("work?limit=" + MOST + "&state=" + state + whose);
            works.forEach(work -> numbers.add(Shared.text(work, "work")));
            if (works.size() == MOST) {
                shared.warn(
                        "more of its work is " + state + " than one list holds; say this once more when it is done");
            }
        }
        return numbers;
    }
}
