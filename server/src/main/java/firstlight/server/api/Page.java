package firstlight.server.api;

import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A part of a long list: {@code limit} items after the one that {@code after} names, and where the next part begins. */
final class Page {
    private static final int USUAL = 200;
    private static final int MOST = 5_000;

    private Page() {}

    /** @param key unique, and the list's order */
    static <T> Answer of(Request request, List<T> sorted, Function<T, String> key, Function<T, ? extends JsonNode> view)
            throws ApiProblem {
        int limit = request.limit(USUAL, MOST);
        String after = request.query("after").orElse("");
        int from = 0;
        if (!after.isEmpty()) {
            while (from < sorted.size() && key.apply(sorted.get(from)).compareTo(after) <= 0) {
                from++;
            }
        }
        List<T> part = sorted.subList(from, Math.min(sorted.size(), from + limit));
        ObjectNode node = Json.items(part, view).put("total", sorted.size());
        if (from + part.size() < sorted.size()) {
            node.put("next", key.apply(part.getLast()));
        }
        return Answer.ok(node);
    }
}
