package firstlight.server.api;

import firstlight.server.access.Permission;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One request of the API. All of them together are the API; its OpenAPI
 * document says the same, and a test holds the two against each other.
 *
 * @param template {@code /devices/{device}/name}
 * @param permission which is asked for before the body is read; what of the things a caller reaches is the handler's business
 * @param query parameters that it reads
 * @param others whether parameters that it does not know are passed over, not refused
 * @param fields of the JSON body that it reads; what else is there is refused
 */
record Route(
        String method,
        String template,
        Permission permission,
        Set<String> query,
        boolean others,
        Set<String> fields,
        Takes takes,
        Handler handler) {
    /** What its body is. */
    enum Takes {
        JSON,
        TEXT,
        /** As long as it likes; read by the handler, once. */
        OCTETS
    }

    /**
     * Does what is asked. A problem means that nothing was changed, but for a database that went away meanwhile. On the request's thread, which it may block. GET changes nothing, and
     * may be called for its tag alone.
     */
    interface Handler {
        Answer answer(Request request) throws ApiProblem, IOException;
    }

    Route {
        query = Set.copyOf(query);
        fields = Set.copyOf(fields);
    }

    static Route get(String template, Permission permission, Handler handler) {
        return new Route("GET", template, permission, Set.of(), false, Set.of(), Takes.JSON, handler);
    }

    static Route post(String template, Permission permission, Handler handler) {
        return new Route("POST", template, permission, Set.of(), false, Set.of(), Takes.JSON, handler);
    }

    static Route put(String template, Permission permission, Handler handler) {
        return new Route("PUT", template, permission, Set.of(), false, Set.of(), Takes.JSON, handler);
    }

    /** Changes the fields that are there and no others. */
    static Route patch(String template, Permission permission, Handler handler) {
        return new Route("PATCH", template, permission, Set.of(), false, Set.of(), Takes.JSON, handler);
    }

    static Route delete(String template, Permission permission, Handler handler) {
        return new Route("DELETE", template, permission, Set.of(), false, Set.of(), Takes.JSON, handler);
    }

    Route query(String... names) {
        return new Route(method, template, permission, new TreeSet<>(List.of(names)), others, fields, takes, handler);
    }

    Route fields(String... names) {
        return new Route(method, template, permission, query, others, new TreeSet<>(List.of(names)), takes, handler);
    }

    /** For who is sent here by another server, which knows nothing of ours. */
    Route passingOverOthers() {
        return new Route(method, template, permission, query, true, fields, takes, handler);
    }

    /** The body is text (CSV), no JSON. */
    Route text() {
        return new Route(method, template, permission, query, others, fields, Takes.TEXT, handler);
    }

    Route octets() {
        return new Route(method, template, permission, query, others, fields, Takes.OCTETS, handler);
    }

    /** The values of the template's variables when {@code path} is this route's; {@code segments} are decoded. */
    Optional<Map<String, String>> match(List<String> segments) {
        List<String> parts = List.of(template.substring(1).split("/"));
        if (parts.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new TreeMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (part.startsWith("{")) {
                variables.put(part.substring(1, part.length() - 1), segments.get(i));
            } else if (!part.equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }

    /** {@code /devices/questions} goes before {@code /devices/{device}}. */
    long variables() {
        return template.chars().filter(character -> character == '{').count();
    }
}
