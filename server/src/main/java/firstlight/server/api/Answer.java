package firstlight.server.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What goes back: a status, headers, a body.
 *
 * @param status of HTTP
 * @param type of the body; empty where there is none
 * @param body held in memory whole, for its tag is made of it; empty where {@code octets} are
 * @param headers besides those that every answer has
 * @param octets written on the request's thread, after the headers: a failure breaks the connection
 */
record Answer(int status, String type, String body, Map<String, String> headers, Optional<Octets> octets) {
    /** A body that is too long to be held. */
    interface Octets {
        void write(OutputStream into) throws IOException;
    }

    private Answer(int status, String type, String body, Map<String, String> headers) {
        this(status, type, body, headers, Optional.empty());
    }

    static Answer stream(Octets octets) {
        return new Answer(200, "application/octet-stream", "", Map.of(), Optional.of(octets));
    }

    static Answer ok(JsonNode node) {
        return json(200, node);
    }

    static Answer created(JsonNode node) {
        return json(201, node);
    }

    /** Held for a second person. Or a job that goes on. */
    static Answer accepted(JsonNode node) {
        return json(202, node);
    }

    static Answer nothing() {
        return new Answer(204, "", "", Map.of());
    }

    static Answer text(String type, String text) {
        return new Answer(200, type + "; charset=utf-8", text, Map.of());
    }

    /** To a browser. */
    static Answer seeOther(String where) {
        return new Answer(303, "", "", Map.of("Location", where));
    }

    /** A 401 names the one scheme that there is (RFC 9110 11.6.1). */
    static Answer problem(ApiProblem problem) {
        return new Answer(
                problem.kind().status(),
                "application/problem+json",
                problem.json().toString(),
                problem.kind() == ProblemKind.NOT_SIGNED_IN ? Map.of("WWW-Authenticate", "Bearer") : Map.of());
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, type, body, Map.copyOf(more), octets);
    }

    private static Answer json(int status, JsonNode node) {
        return new Answer(status, "application/json", node.toString(), Map.of());
    }
}
