package firstlight.server.api;

import firstlight.policy.access.AuditEntry;
import firstlight.policy.access.AuditLog;
import firstlight.server.access.Permission;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /audit}: read only, newest first. */
final class AuditRoutes {
    /** Entries that are read at once. */
    private static final int MOST = 1000;

    private final AuditLog log;
    private final DeviceFinder devices;

    AuditRoutes(AuditLog log, DeviceFinder devices) {
        this.log = log;
        this.devices = devices;
    }

    List<Route> routes() {
        return List.of(Route.get("/audit", Permission.ADMINISTER, this::list)
                .query("device", "who", "action", "before", "limit"));
    }

    private Answer list(Request request) throws ApiProblem {
        int limit = request.limit(100, MOST);
        long device = request.query("device").isPresent()
                ? devices.one(request.query("device").get()).id()
                : 0;
        String who = request.query("who").orElse("");
        String action = request.query("action").orElse("");
        ObjectNode node = Json.object();
        ArrayNode items = node.putArray("items");
        long before = request.query("before", 0);
        List<AuditEntry> entries;
        // Who and what are no columns with an index: part after part is read until enough of them fit.
        int part = who.isEmpty() && action.isEmpty() ? limit : MOST;
        do {
            entries = log.entries(device, before, part);
            for (AuditEntry entry : entries) {
                before = entry.id();
                if ((who.isEmpty() || entry.who().equalsIgnoreCase(who))
                        && entry.action().startsWith(action)
                        && items.size() < limit) {
                    items.add(view(entry));
                }
            }
        } while (items.size() < limit && entries.size() == part);
        if (items.size() == limit) {
            node.put("next", Long.toString(items.get(limit - 1).path("entry").longValue()));
        }
        return Answer.ok(node);
    }

    private ObjectNode view(AuditEntry entry) {
        ObjectNode node = Json.object()
                .put("entry", entry.id())
                .put("at", entry.at().toString())
                .put("who", entry.who())
                .put("from", entry.from())
                .put("action", entry.action())
                .put("text", entry.text());
        node.set(
                "devices",
                Json.texts(entry.devices().stream().map(devices::name).toList()));
        return node;
    }
}
