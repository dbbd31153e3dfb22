package firstlight.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight site}: everything in ten lines. */
@Command(
        name = "site",
        description = "How the site stands: devices, work, what waits for a person.",
        footerHeading = "%nFor example:%n",
        footer = {"  firstlight site", "  firstlight site --json"})
public final class SiteCommand implements Runnable {
    private static final int MOST = 10_000;
    private static final int MOST_ALARMS = 5000;

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        ApiClient api = shared.api();
        ObjectNode site = Shared.body();
        site.put("devices", api.get("devices?limit=1").path("total").intValue(0));
        site.put(
                "pending",
                api.get("devices?limit=1&registration=pending").path("total").intValue(0));
        site.put("queued", size(api, "work?limit=" + MOST + "&state=queued"));
        site.put("running", size(api, "work?limit=" + MOST + "&state=running"));
        site.put("confirmations", waiting(api.get("confirmations")));
        site.put("questions", size(api, "questions"));
        site.put("alarms", size(api, "alarms?limit=" + MOST_ALARMS));
        shared.print(
                site,
                node -> "devices           " + node.path("devices").asString()
                        + "\n  to be approved  " + node.path("pending").asString()
                        + next(node, "pending", "device approve")
                        + "\nwork queued       " + number(node, "queued", MOST)
                        + "\n  running         " + number(node, "running", MOST)
                        + "\nto be confirmed   " + node.path("confirmations").asString()
                        + next(node, "confirmations", "work confirmations")
                        + "\nopen questions    " + node.path("questions").asString()
                        + next(node, "questions", "device questions")
                        + "\nopen alarms       " + number(node, "alarms", MOST_ALARMS)
                        + next(node, "alarms", "alarm list"));
    }

    /** Of what is counted in a list that holds no more than {@code most}. */
    private static String number(JsonNode node, String key, int most) {
        int count = node.path(key).intValue(0);
        return count == most ? count + " or more" : Integer.toString(count);
    }

    private static int size(ApiClient api, String path) {
        return api.get(path).path("items").size();
    }

    private static int waiting(JsonNode confirmations) {
        return (int) confirmations
                .path("items")
                .valueStream()
                .filter(each -> Shared.text(each, "state").equals("held"))
                .count();
    }

    private static String next(JsonNode node, String key, String command) {
        return node.path(key).intValue(0) == 0 ? "" : "   firstlight " + command;
    }
}
