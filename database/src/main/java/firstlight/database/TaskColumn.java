package firstlight.database;

import static firstlight.database.JsonColumn.number;
import static firstlight.database.JsonColumn.text;
import static firstlight.database.JsonColumn.texts;

import firstlight.model.Scripts;
import firstlight.model.WorkScript;
import firstlight.policy.level.AfterWork;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task in one column, and the terms of a schedule's work in another. What is renamed in {@link Task} keeps its word here: columns of
 * older versions are read.
 */
final class TaskColumn {
    private static final String BEFORE = "before";
    private static final String AFTER = "after";

    private TaskColumn() {}

    /** @param scripts that run around it */
    static String write(Task task, Scripts scripts) {
        ObjectNode node = JsonColumn.object().put("kind", task.kind());
        switch (task) {
            case Task.Capture capture -> {
                node.put("image", capture.image());
                texts(node, "disks", capture.disks());
                options(node, capture.options());
                if (!capture.maker().isEmpty()) {
                    node.put("maker", capture.maker());
                }
            }
            case Task.Restore restore -> {
                node.put("image", restore.image()).put("version", restore.version());
                texts(node, "add-ons", restore.addOns());
                texts(node, "disks", restore.disks());
                options(node, restore.options());
            }
            case Task.Join join -> node.put("session", join.session());
            case Task.Script script -> node.put("name", script.name()).put("text", script.text());
            case Task.Wipe wipe -> {
                node.put("method", wipe.method().name());
                texts(node, "disks", wipe.disks());
            }
            case Task.Inventory _, Task.Maintenance _ -> {
                // the kind says it all
            }
        }
        scripts.before().ifPresent(script -> write(node.putObject(BEFORE), script));
        scripts.after().ifPresent(script -> write(node.putObject(AFTER), script));
        return JsonColumn.write(node);
    }

    static void write(ObjectNode node, WorkScript script) {
        node.put("name", script.name()).put("text", script.text()).put("seconds", script.seconds());
    }

    static WorkScript script(JsonNode node) {
        return new WorkScript(text(node, "name"), text(node, "text"), Math.toIntExact(number(node, "seconds")));
    }

    /** Those that run around the task of {@code column}. */
    static Scripts readScripts(String column) {
        JsonNode node = JsonColumn.read(column);
        return new Scripts(
                JsonColumn.optional(node, BEFORE, TaskColumn::script),
                JsonColumn.optional(node, AFTER, TaskColumn::script));
    }

    /** @throws IllegalStateException for a kind that this version does not know */
    static Task read(String column) {
        JsonNode node = JsonColumn.read(column);
        String kind = text(node, "kind");
        return switch (kind) {
            case "capture" ->
                new Task.Capture(
                        text(node, "image"),
                        texts(node, "disks"),
                        options(node.get("options")),
                        JsonColumn.optional(node, "maker", JsonNode::stringValue)
                                .orElse(""));
            case "restore" ->
                new Task.Restore(
                        text(node, "image"),
                        Math.toIntExact(number(node, "version")),
                        texts(node, "add-ons"),
                        texts(node, "disks"),
                        options(node.get("options")));
            case "join" -> new Task.Join(number(node, "session"));
            case "script" -> new Task.Script(text(node, "name"), text(node, "text"));
            case "wipe" -> new Task.Wipe(texts(node, "disks"), Task.WipeMethod.valueOf(text(node, "method")));
            case "inventory" -> new Task.Inventory();
            case "maintenance" -> new Task.Maintenance();
            default -> throw new IllegalStateException("the database holds work of the kind '" + kind + "'");
        };
    }

    private static void options(ObjectNode node, SortedMap<String, String> options) {
        if (!options.isEmpty()) {
            ObjectNode written = node.putObject("options");
            options.forEach(written::put);
        }
    }

    private static SortedMap<String, String> options(@org.jspecify.annotations.Nullable JsonNode node) {
        SortedMap<String, String> options = new TreeMap<>();
        if (node != null) {
            node.properties()
                    .forEach(option ->
                            options.put(option.getKey(), option.getValue().stringValue()));
        }
        return options;
    }

    /** Without its scripts, which stand beside the task. */
    static String write(Terms terms) {
        ObjectNode node = JsonColumn.object()
                .put("priority", terms.priority())
                .put("not-before", terms.notBefore().toEpochMilli())
                .put("wake", terms.wake())
                .put("force", terms.force())
                .put("by", terms.createdBy())
                .put("rule", terms.rule())
                .put("schedule", terms.schedule());
        terms.after().ifPresent(after -> node.put("after", after.name()));
        return JsonColumn.write(node);
    }

    static Terms readTerms(String column) {
        JsonNode node = JsonColumn.read(column);
        return new Terms(
                Math.toIntExact(number(node, "priority")),
                Instant.ofEpochMilli(number(node, "not-before")),
                JsonColumn.flag(node, "wake"),
                JsonColumn.optional(node, "after", value -> AfterWork.valueOf(value.stringValue())),
                JsonColumn.flag(node, "force"),
                text(node, "by"),
                number(node, "rule"),
                number(node, "schedule"),
                Scripts.NONE);
    }
}
