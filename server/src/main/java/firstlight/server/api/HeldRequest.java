package firstlight.server.api;

import firstlight.server.access.Caller;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request as it waits for a second person: whole, with who asked, so that it is done as that one.
 *
 * @param segments as in {@link Request}
 * @param text of a body that is no JSON
 * @param user who asked, by number; 0 for this host's command line
 * @param from the address that he asked from
 * @param words what it would do
 * @param groups that it names, as they were then
 */
record HeldRequest(
        String method,
        List<String> segments,
        Map<String, String> parameters,
        JsonNode body,
        String text,
        long user,
        String from,
        String words,
        List<Long> groups) {
    static HeldRequest of(Request request, String words, List<Long> groups) {
        Caller caller = request.caller();
        return new HeldRequest(
                request.method(),
                request.segments(),
                request.parameters(),
                request.body().node(),
                request.text(),
                caller.user(),
                caller.from(),
                words,
                groups);
    }

    /** @param json of {@link #json()}, of this or an older version: what that did not write is empty */
    static HeldRequest parse(String json) {
        JsonNode node = Json.MAPPER.readTree(json);
        List<String> segments = new ArrayList<>();
        node.path("segments").forEach(segment -> segments.add(segment.stringValue()));
        Map<String, String> parameters = new TreeMap<>();
        node.path("parameters")
                .properties()
                .forEach(each -> parameters.put(each.getKey(), each.getValue().stringValue()));
        return new HeldRequest(
                node.path("method").stringValue(),
                segments,
                parameters,
                node.path("body"),
                node.path("text").stringValue(),
                node.path("user").longValue(),
                node.path("from").stringValue(),
                node.path("words").stringValue(),
                node.path("groups").valueStream().map(JsonNode::longValue).toList());
    }

    String json() {
        ObjectNode node = Json.object().put("method", method);
        node.set("segments", Json.texts(segments));
        ObjectNode query = node.putObject("parameters");
        parameters.forEach(query::put);
        node.set("body", body);
        groups.forEach(node.putArray("groups")::add);
        return node.put("text", text)
                .put("user", user)
                .put("from", from)
                .put("words", words)
                .toString();
    }

    /** As the one who asked sent it. */
    ObjectNode view() {
        ObjectNode node = Json.object().put("method", method).put("path", "/" + String.join("/", segments));
        ObjectNode query = node.putObject("parameters");
        parameters.forEach(query::put);
        node.set("body", body);
        return node.put("text", text);
    }

    /** The same request again, now confirmed for {@code devices}. */
    Request again(Request confirming, Router.Found found, Caller asker, List<Long> devices) {
        return new Request(
                method,
                segments,
                found.variables(),
                parameters,
                new Body("", body),
                text,
                InputStream.nullInputStream(),
                Optional.of(asker),
                confirming.origin(),
                confirming.now(),
                Optional.of(new Request.Confirmed(devices, words, groups)));
    }
}
