package firstlight.server.cli;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Held requests, for the person who is to say yes or no. */
final class ConfirmationWords {
    /** What is held first, then what was decided. */
    static final int SHOWN = 100;

    private ConfirmationWords() {}

    /** Leaves as many as are shown; whether one went that waits. */
    static boolean cut(ArrayNode items) {
        if (items.size() <= SHOWN) {
            return false;
        }
        boolean waits = Shared.text(items.path(SHOWN), "state").equals("held");
        while (items.size() > SHOWN) {
            items.remove(SHOWN);
        }
        return waits;
    }

    static String table(JsonNode items) {
        Table table = new Table("NR", "AT", "BY", "WHAT", "DEVICES", "STATE", "DECIDED BY");
        for (JsonNode item : items) {
            table.row(
                    Shared.text(item, "confirmation"),
                    Shared.time(item.path("at")),
                    Shared.text(item, "who"),
                    Shared.text(item, "words"),
                    Shared.text(item, "devices"),
                    Shared.text(item, "state"),
                    Shared.text(item, "decidedBy"));
        }
        return table.text();
    }

    /** All that it would do. */
    static String whole(JsonNode item) {
        JsonNode request = item.path("request");
        return Shared.text(item, "who") + " asks for " + Shared.text(item, "words") + " ("
                + Shared.text(item, "devices") + " devices, " + Shared.text(item, "state") + ")\n"
                + Shared.text(request, "method") + " " + Shared.text(request, "path") + parameters(request) + "\n"
                + ApiClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(request.path("body"))
                + Shared.text(request, "text");
    }

    private static String parameters(JsonNode request) {
        List<String> each = request.path("parameters").properties().stream()
                .map(one -> one.getKey() + "=" + one.getValue().asString())
                .toList();
        return each.isEmpty() ? "" : "?" + String.join("&", each);
    }
}
