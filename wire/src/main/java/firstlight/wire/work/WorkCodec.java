package firstlight.wire.work;

import firstlight.model.Bytes;
import firstlight.model.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages to JSON and back. By hand over the tree, field by field: the engine starts in a small PC, and introspection of
 * its classes would be the slowest part of its first request.
 */
public final class WorkCodec {
    private static final JsonMapper JSON = new JsonMapper();

    private WorkCodec() {}

    public static byte[] encode(Hello hello) {
        ObjectNode node = object().put("engine", hello.engine()).put("maintenance", hello.maintenance());
        ObjectNode facts = node.putObject("facts");
        hello.facts().byKey().forEach((key, values) -> putTexts(facts, key, values));
        return bytes(node);
    }

    public static Hello decodeHello(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        return new Hello(fields.text("engine"), Facts.ofKeys(fields.textsByKey("facts")), fields.flag("maintenance"));
    }

    public static byte[] encode(WorkOrder order) {
        ObjectNode node = object();
        switch (order) {
            case WorkOrder.Capture capture ->
                putTexts(node.put("work", "capture").put("image", capture.image()), "disks", capture.disks());
            case WorkOrder.Restore restore -> {
                node.put("work", "restore").put("image", restore.image()).put("version", restore.version());
                putTexts(node, "disks", restore.disks());
                node.put("computerName", restore.computerName());
            }
            case WorkOrder.Inventory _ -> node.put("work", "inventory");
            case WorkOrder.Maintenance _ -> node.put("work", "maintenance");
            case WorkOrder.NoWork _ -> node.put("work", "none");
        }
        WorkOrder.Heading heading = order.heading();
        node.put("transaction", heading.transaction())
                .put("device", heading.device())
                .put("after", heading.after().name());
        putTexts(node, "reasons", heading.reasons());
        return bytes(node);
    }

    public static WorkOrder decodeWorkOrder(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        WorkOrder.Heading heading = new WorkOrder.Heading(
                fields.number("transaction"),
                fields.text("device"),
                fields.word("after", After.class),
                fields.texts("reasons"));
        String work = fields.text("work");
        return switch (work) {
            case "capture" -> new WorkOrder.Capture(heading, fields.text("image"), fields.texts("disks"));
            case "restore" ->
                new WorkOrder.Restore(
                        heading,
                        fields.text("image"),
                        fields.count("version"),
                        fields.texts("disks"),
                        fields.text("computerName"));
            case "inventory" -> new WorkOrder.Inventory(heading);
            case "maintenance" -> new WorkOrder.Maintenance(heading);
            case "none" -> new WorkOrder.NoWork(heading);
            default -> throw new MalformedMessage("'work' is '" + work + "', which this engine does not know");
        };
    }

    public static byte[] encode(Progress progress) {
        return bytes(object().put("phase", progress.phase())
                .put("done", progress.done())
                .put("total", progress.total())
                .put("bytesPerSecond", progress.bytesPerSecond())
                .put("note", progress.note()));
    }

    public static Progress decodeProgress(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        try {
            return new Progress(
                    fields.text("phase"),
                    fields.number("done"),
                    fields.number("total"),
                    fields.number("bytesPerSecond"),
                    fields.text("note"));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage(String.valueOf(e.getMessage()));
        }
    }

    public static byte[] encode(Result result) {
        return bytes(
                switch (result) {
                    case Result.Done done -> object().put("result", "done").put("summary", done.summary());
                    case Result.Failed failed ->
                        object().put("result", "failed")
                                .put("what", failed.what())
                                .put("cause", failed.cause())
                                .put("cure", failed.cure());
                });
    }

    public static Result decodeResult(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        String result = fields.text("result");
        return switch (result) {
            case "done" -> new Result.Done(fields.text("summary"));
            case "failed" -> new Result.Failed(fields.text("what"), fields.text("cause"), fields.text("cure"));
            default -> throw new MalformedMessage("'result' is '" + result + "', neither 'done' nor 'failed'");
        };
    }

    public static byte[] encode(Published published) {
        return bytes(object().put("image", published.image()).put("version", published.version()));
    }

    public static Published decodePublished(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        return new Published(fields.text("image"), fields.count("version"));
    }

    public static byte[] encode(Problem problem) {
        ObjectNode node = object().put("status", problem.status())
                .put("title", problem.title())
                .put("detail", problem.detail())
                .put("cure", problem.cure());
        putTexts(node, "chunks", problem.chunks().stream().map(Bytes::toHex).toList());
        return bytes(node);
    }

    public static Problem decodeProblem(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        List<Bytes> chunks = new ArrayList<>();
        for (String hex : fields.texts("chunks")) {
            if (!hex.toLowerCase(Locale.ROOT).matches("([0-9a-f]{2})*")) {
                throw new MalformedMessage("'chunks' holds '" + hex + "', which is not hexadecimal");
            }
            chunks.add(Bytes.ofHex(hex));
        }
        return new Problem(
                fields.count("status"), fields.text("title"), fields.text("detail"), fields.text("cure"), chunks);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static void putTexts(ObjectNode node, String name, List<String> texts) {
        var array = node.putArray(name);
        texts.forEach(array::add);
    }

    private static byte[] bytes(ObjectNode node) {
        return JSON.writeValueAsBytes(node);
    }
}
