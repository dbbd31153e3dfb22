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
        site.put("queued", size(api, "work?limit=10000&state=queued"));
        site.put("running", size(api, "work?limit=10000&state=running"));
        site.put("confirmations", waiting(api.get("confirmations")));
        site.put("questions", size(api, "questions"));
        site.put("alarms", size(api, "alarms"));
        shared.print(
                site,
                node -> "devices           " + node.path("devices").asString()
                        + "\n  to be approved  " + node.path("pending").asString()
                        + next(node, "pending", "device approve")
                        + "\nwork queued       " + node.path("queued").asString()
                        + "\n  running         " + node.path("running").asString()
                        + "\nto be confirmed   " + node.path("confirmations").asString()
                        + next(node, "confirmations", "work confirmations")
                        + "\nopen questions    " + node.path("questions").asString()
                        + next(node, "questions", "device questions")
                        + "\nopen alarms       " + node.path("alarms").asString() + next(node, "alarms", "alarm list"));
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
