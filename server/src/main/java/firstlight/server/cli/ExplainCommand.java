package firstlight.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firstlight explain DEVICE}. */
@Command(
        name = "explain",
        description = "What a device would get if it booted now, and why; and how its last boot went.",
        footerHeading = "%nFor example:%n",
        footer = {"  firstlight explain ROOM12-PC3"})
public final class ExplainCommand implements Runnable {
    @Parameters(paramLabel = "DEVICE", description = "A name, a MAC address or a number of the device list.")
    private String device = "";

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        shared.print(shared.api().get("explain/" + ApiClient.part(device)), answer -> {
            StringBuilder text = new StringBuilder(DeviceCommand.all(answer.path("device")));
            text.append("\n\nif it booted now: ").append(Shared.text(answer.path("answer"), "what"));
            for (JsonNode reason : answer.path("answer").path("reasons")) {
                text.append("\n  because ").append(reason.stringValue());
            }
            text.append(work(answer.path("work")));
            text.append(alarms(Shared.text(answer.path("device"), "name")));
            text.append(rules(answer.path("rules"))).append(values(answer.path("effective")));
            if (!answer.path("events").isEmpty()) {
                text.append("\n\nits last boot:");
                answer.path("events").forEach(event -> text.append("\n  ").append(TransactionsCommand.line(event)));
            }
            return text.toString();
        });
    }

    /** What a person must still look at, of boots before the last one as well. */
    private String alarms(String name) {
        StringBuilder text = new StringBuilder();
        for (JsonNode alarm : shared.api().all("alarms?limit=5000")) {
            if (Shared.text(alarm, "device").equals(name)) {
                text.append("\n  since ")
                        .append(Shared.time(alarm.path("first")))
                        .append(' ')
                        .append(Shared.text(alarm, "text"));
            }
        }
        return text.isEmpty() ? "" : "\n\nits alarms ('firstlight alarm dismiss' when somebody has looked):" + text;
    }

    /** What it is doing, or is to do: an engine that fell silent is what a person came here for. */
    private static String work(JsonNode work) {
        if (work.isMissingNode()) {
            return "";
        }
        String silent = Shared.text(work, "silent");
        return "\n\nits work: " + Shared.text(work, "work") + " (" + Shared.text(work, "words") + "), "
                + WorkCommand.state(work)
                + (silent.isEmpty() ? "" : "\n  since " + Shared.time(work.path("heard")) + " " + silent);
    }

    private static String rules(JsonNode rules) {
        if (rules.isEmpty()) {
            return "";
        }
        Table table = new Table("RULE", "MATCHES", "GIVES WORK", "WHY");
        for (JsonNode rule : rules) {
            table.row(
                    rule.path("rule").asInt() + " " + Shared.text(rule, "name"),
                    Shared.text(rule, "matches"),
                    gives(rule),
                    Shared.text(rule, "why"));
        }
        return "\n\nits rules, in their order; the first that matches wins:\n"
                + table.text().indent(2).stripTrailing();
    }

    private static String gives(JsonNode rule) {
        if (!rule.path("gives").asBoolean()) {
            return "no";
        }
        return Shared.text(rule, "matches").equals("unknown") ? "perhaps" : "yes";
    }

    /** The menu's entries are many and long: `device show` has them. */
    private static String values(JsonNode effective) {
        Table table = new Table("VALUE", "", "FROM");
        for (Map.Entry<String, JsonNode> value : effective.properties()) {
            JsonNode what = value.getValue().path("value");
            table.row(
                    value.getKey(),
                    what.isArray() ? what.size() + " entries" : Shared.value(what),
                    Shared.text(value.getValue(), "from"));
        }
        return "\n\nits values:\n" + table.text().indent(2).stripTrailing();
    }
}
