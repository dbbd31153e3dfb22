package firstlight.server.api;

import firstlight.model.Scripts;
import firstlight.model.WorkScript;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The scripts around work: {@code "before": {"name": "check.sh", "text": "...", "seconds": 60}}. */
final class ScriptJson {
    static final String BEFORE = "before";
    static final String AFTER = "after";

    private ScriptJson() {}

    /** Those that stand in the object {@code field}, which says what work it is. */
    static Scripts around(Body outer, String field) throws ApiProblem {
        JsonNode node = outer.get(field);
        if (node == null) {
            return Scripts.NONE;
        }
        Body task = new Body(outer.name(field), node);
        return new Scripts(read(task, BEFORE), read(task, AFTER));
    }

    /**
     * Empty when it is not there; an empty text stands for no script where a level would give one.
     *
     * @throws ApiProblem also for a text that is too long ({@link WorkScript})
     */
    static Optional<WorkScript> read(Body outer, String field) throws ApiProblem {
        JsonNode node = outer.get(field);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isObject()) {
            throw outer.wrong(field, node, "an object like {\"name\": \"check.sh\", \"text\": \"...\"}");
        }
        Body body = new Body(outer.name(field), node);
        body.allow(Set.of("name", "text", "seconds"));
        JsonNode text = body.get("text");
        if (text == null) {
            throw ApiProblem.missing(body.name("text"));
        }
        if (!text.isString()) {
            throw body.wrong("text", text, "a text");
        }
        try {
            return Optional.of(new WorkScript(
                    body.text("name"),
                    text.stringValue(),
                    body.number("seconds", WorkScript.USUAL_SECONDS, 1, WorkScript.LONGEST_SECONDS)));
        } catch (IllegalArgumentException e) {
            throw ApiProblem.notAllowed(
                    body.path(), String.valueOf(e.getMessage()), "a long script can fetch its data itself");
        }
    }

    static ObjectNode view(WorkScript script) {
        return Json.object()
                .put("name", script.name())
                .put("text", script.text())
                .put("seconds", script.seconds());
    }
}
