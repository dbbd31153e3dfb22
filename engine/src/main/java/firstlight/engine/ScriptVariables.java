package firstlight.engine;

import firstlight.model.Facts;
import firstlight.wire.work.WorkOrder;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A PC's facts as a shell script sees them: {@code FL_BOARD_SERIAL} for {@code board-serial}, several values a line each. The names are
 * documented for scripts, and stay (docs/policy.md).
 */
public final class ScriptVariables {
    private ScriptVariables() {}

    public static Map<String, String> of(Facts facts) {
        Map<String, String> variables = new TreeMap<>();
        facts.byKey().forEach((key, values) -> variables.put(name(key), String.join("\n", values)));
        return variables;
    }

    /** And what the order says of the PC. */
    static Map<String, String> of(Facts facts, WorkOrder.Heading heading) {
        Map<String, String> variables = of(facts);
        variables.put("FL_DEVICE", heading.device());
        variables.put("FL_TRANSACTION", Long.toString(heading.transaction()));
        return variables;
    }

    private static String name(String key) {
        return "FL_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
