package firstlight.server.api;

import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A request's parts, each read with its check. */
record Request(String method, List<String> path, HttpServerExchange exchange, JsonNode body) {
    static final JsonMapper JSON = new JsonMapper();
    private static final int LARGEST = 1 << 20;

    static Request of(HttpServerExchange exchange) throws IOException, ApiProblem {
        List<String> path = new ArrayList<>(List.of(exchange.getRelativePath().split("/", -1)));
        path.removeIf(String::isEmpty);
        byte[] octets = exchange.getInputStream().readNBytes(LARGEST);
        try {
            JsonNode body = octets.length == 0 ? JSON.createObjectNode() : JSON.readTree(octets);
            if (!body.isObject()) {
                throw new ApiProblem(400, "the body is no JSON object", "");
            }
            return new Request(exchange.getRequestMethod().toString(), List.copyOf(path), exchange, body);
        } catch (JacksonException e) {
            throw new ApiProblem(400, "the body is no JSON: " + e.getOriginalMessage(), "");
        }
    }

    /** {@code GET devices}, {@code PUT devices * name}: what the router switches on, a star for each second part. */
    String route() {
        List<String> words = new ArrayList<>(path);
        if (words.size() > 1) {
            words.set(1, "*");
        }
        return method + " " + String.join(" ", words);
    }

    String subject() {
        return path.get(1);
    }

    long query(String name, long usual) throws ApiProblem {
        Deque<String> values = exchange.getQueryParameters().get(name);
        try {
            return values == null ? usual : Long.parseLong(values.getFirst());
        } catch (NumberFormatException e) {
            throw new ApiProblem(400, "'" + name + "' is no number: " + values.getFirst(), "");
        }
    }

    /** Refuses a field that nobody reads: it would be a wish that is silently not granted. */
    void allow(Set<String> fields) throws ApiProblem {
        for (String name : body.propertyNames()) {
            if (!fields.contains(name)) {
                throw new ApiProblem(400, "unknown field '" + name + "'", "allowed: " + String.join(", ", fields));
            }
        }
    }

    String text(String name) throws ApiProblem {
        JsonNode value = body.path(name);
        if (!value.isString() || value.stringValue().isBlank()) {
            throw new ApiProblem(400, "'" + name + "' is missing", "");
        }
        return value.stringValue();
    }

    String text(String name, String usual) throws ApiProblem {
        return body.has(name) ? text(name) : usual;
    }

    int number(String name, int usual, int from, int to) throws ApiProblem {
        if (!body.has(name)) {
            return usual;
        }
        JsonNode value = body.path(name);
        if (!value.isInt() || value.intValue() < from || value.intValue() > to) {
            throw new ApiProblem(400, "'" + name + "' must be " + from + " to " + to + ", not " + value, "");
        }
        return value.intValue();
    }

    boolean flag(String name) {
        return body.path(name).booleanValue(false);
    }

    List<String> texts(String name) throws ApiProblem {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : body.path(name)) {
            if (!element.isString()) {
                throw new ApiProblem(400, "'" + name + "' must be a list of texts", "");
            }
            texts.add(element.stringValue());
        }
        return texts;
    }
}
