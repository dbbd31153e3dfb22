package firstlight.wire.work;

import firstlight.model.Bytes;
import firstlight.model.Facts;
import firstlight.model.Scripts;
import firstlight.model.WorkScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Messages to JSON and back. By hand, field by field, over the library's tokens: the engine starts in a small PC, where a
 * binder of objects would be the slowest part of the first request and a twentieth of the download.
 */
public final class WorkCodec {
    private WorkCodec() {}

    public static byte[] encode(Hello hello) {
        Document document = new Document().put("engine", hello.engine()).put("maintenance", hello.maintenance());
        return FactsField.put(document, hello.facts()).bytes();
    }

    public static Hello decodeHello(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        return new Hello(fields.text("engine"), FactsField.read(fields), fields.flag("maintenance"));
    }

    public static byte[] encode(WorkOrder order) {
        Document document = new Document();
        switch (order) {
            case WorkOrder.Capture capture ->
                document.put("work", "capture")
                        .put("image", capture.image())
                        .put("disks", capture.disks())
                        .put("ifLocked", capture.ifLocked().name())
                        .put("ifUnreadable", capture.ifUnreadable().name())
                        .put("leaveOut", capture.leaveOut())
                        .put("passphrases", capture.passphrases());
            case WorkOrder.Restore restore -> put(document, restore);
            case WorkOrder.Inventory _ -> document.put("work", "inventory");
            case WorkOrder.Maintenance _ -> document.put("work", "maintenance");
            case WorkOrder.NoWork _ -> document.put("work", "none");
            case WorkOrder.Wait wait -> document.put("work", "wait").put("seconds", wait.seconds());
            case WorkOrder.Script script ->
                document.put("work", "script").put("name", script.name()).put("text", script.text());
            case WorkOrder.Wipe wipe ->
                document.put("work", "wipe")
                        .put("disks", wipe.disks())
                        .put("method", wipe.method().name());
        }
        WorkOrder.Heading heading = order.heading();
        putIfAny(document, "imageSafe", heading.imageSafe());
        heading.scripts().before().ifPresent(script -> put(document, "scriptBefore", script));
        heading.scripts().after().ifPresent(script -> put(document, "scriptAfter", script));
        return document.put("transaction", heading.transaction())
                .put("device", heading.device())
                .put("after", heading.after().name())
                .put("reasons", heading.reasons())
                .bytes();
    }

    public static WorkOrder decodeWorkOrder(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        WorkOrder.Heading heading = new WorkOrder.Heading(
                fields.number("transaction"),
                fields.text("device"),
                fields.word("after", After.class),
                fields.texts("reasons"),
                new Scripts(script(fields, "scriptBefore"), script(fields, "scriptAfter")),
                fields.textByKey("imageSafe"));
        String work = fields.text("work");
        return switch (work) {
            case "capture" ->
                new WorkOrder.Capture(
                        heading,
                        fields.text("image"),
                        fields.texts("disks"),
                        fields.word("ifLocked", WorkOrder.Capture.IfLocked.class),
                        fields.word("ifUnreadable", WorkOrder.Capture.IfUnreadable.class),
                        fields.texts("leaveOut"),
                        fields.texts("passphrases"));
            case "restore", "restore-with-add-ons" ->
                new WorkOrder.Restore(
                        heading,
                        fields.text("image"),
                        fields.count("version"),
                        fields.texts("disks"),
                        fields.text("computerName"),
                        fields.textByKey("options"),
                        work.equals("restore") ? List.of() : addOns(fields.texts("addOns")),
                        fields.flag("addOnsOnly"),
                        TicketFields.ticket(fields.textByKey(TicketFields.NAME)),
                        fields.textsIfAny("passphrases"));
            case "inventory" -> new WorkOrder.Inventory(heading);
            case "maintenance" -> new WorkOrder.Maintenance(heading);
            case "none" -> new WorkOrder.NoWork(heading);
            case "wait" -> wait(heading, fields.count("seconds"));
            case "script" -> new WorkOrder.Script(heading, fields.text("name"), fields.text("text"));
            case "wipe" ->
                new WorkOrder.Wipe(heading, fields.texts("disks"), fields.word("method", WorkOrder.Wipe.Method.class));
            default -> throw new MalformedMessage("'work' is '" + work + "', which this engine does not know");
        };
    }

    private static List<WorkOrder.Restore.AddOn> addOns(List<String> texts) throws MalformedMessage {
        List<WorkOrder.Restore.AddOn> addOns = new ArrayList<>();
        for (String text : texts) {
            int at = text.indexOf('@');
            if (at < 1 || !text.substring(at + 1).matches("[1-9][0-9]{0,8}")) {
                throw new MalformedMessage("'addOns' holds '" + text + "', which is no NAME@VERSION");
            }
            addOns.add(new WorkOrder.Restore.AddOn(text.substring(0, at), Integer.parseInt(text.substring(at + 1))));
        }
        return addOns;
    }

    private static WorkOrder wait(WorkOrder.Heading heading, int seconds) throws MalformedMessage {
        try {
            return new WorkOrder.Wait(heading, seconds);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage(String.valueOf(e.getMessage()));
        }
    }

    public static byte[] encode(Progress progress) {
        return new Document()
                .put("phase", progress.phase())
                .put("done", progress.done())
                .put("total", progress.total())
                .put("bytesPerSecond", progress.bytesPerSecond())
                .put("note", progress.note())
                .bytes();
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
        Document document = new Document();
        return switch (result) {
            case Result.Done done ->
                StagesField.put(document.put("result", "done").put("summary", done.summary()), done.stages())
                        .bytes();
            case Result.Failed failed ->
                document.put("result", "failed")
                        .put("what", failed.what())
                        .put("cause", failed.cause())
                        .put("cure", failed.cure())
                        .bytes();
        };
    }

    public static Result decodeResult(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        String result = fields.text("result");
        return switch (result) {
            case "done" -> new Result.Done(fields.text("summary"), StagesField.read(fields));
            case "failed" -> new Result.Failed(fields.text("what"), fields.text("cause"), fields.text("cure"));
            default -> throw new MalformedMessage("'result' is '" + result + "', neither 'done' nor 'failed'");
        };
    }

    public static byte[] encode(ManualWork work) {
        Document document = new Document()
                .put("user", work.user())
                .put("password", work.password())
                .put("work", work.kind().name())
                .put("image", work.image())
                .put("version", work.version())
                .put("disks", work.disks())
                .put("session", work.session())
                .put("ifUnreadable", work.ifUnreadable().name());
        return FactsField.put(document, work.facts()).bytes();
    }

    public static ManualWork decodeManualWork(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        return new ManualWork(
                fields.text("user"),
                fields.text("password"),
                fields.word("work", ManualWork.Kind.class),
                fields.text("image"),
                fields.count("version"),
                fields.texts("disks"),
                fields.text("session"),
                fields.members().containsKey("ifUnreadable") // older engines do not ask
                        ? fields.word("ifUnreadable", WorkOrder.Capture.IfUnreadable.class)
                        : WorkOrder.Capture.IfUnreadable.STOP,
                fields.inside("facts").isEmpty() ? Facts.NONE : FactsField.read(fields));
    }

    public static byte[] encode(Published published) {
        return new Document()
                .put("image", published.image())
                .put("version", published.version())
                .bytes();
    }

    public static Published decodePublished(byte[] json) throws MalformedMessage {
        Fields fields = Fields.parse(json);
        return new Published(fields.text("image"), fields.count("version"));
    }

    public static byte[] encode(Problem problem) {
        return new Document()
                .put("status", problem.status())
                .put("title", problem.title())
                .put("detail", problem.detail())
                .put("cure", problem.cure())
                .put("chunks", problem.chunks().stream().map(Bytes::toHex).toList())
                .bytes();
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

    private static void put(Document document, WorkOrder.Restore restore) {
        // An engine that knows no add-ons must not do half of the work and call it done.
        document.put("work", restore.addOns().isEmpty() ? "restore" : "restore-with-add-ons")
                .put("image", restore.image())
                .put("version", restore.version())
                .put("disks", restore.disks())
                .put("computerName", restore.computerName());
        putIfAny(document, "options", restore.options());
        if (!restore.addOns().isEmpty()) {
            document.put(
                            "addOns",
                            restore.addOns().stream().map(Object::toString).toList())
                    .put("addOnsOnly", restore.addOnsOnly());
        }
        if (!restore.passphrases().isEmpty()) {
            document.put("passphrases", restore.passphrases());
        }
        restore.stream().ifPresent(ticket -> putIfAny(document, TicketFields.NAME, TicketFields.of(ticket)));
    }

    private static void putIfAny(Document document, String name, Map<String, String> texts) {
        if (!texts.isEmpty()) {
            document.open(name);
            texts.forEach(document::put);
            document.close();
        }
    }

    private static void put(Document document, String name, WorkScript script) {
        document.open(name)
                .put("name", script.name())
                .put("text", script.text())
                .put("seconds", script.seconds())
                .close();
    }

    private static Optional<WorkScript> script(Fields fields, String name) throws MalformedMessage {
        Optional<Fields> inside = fields.inside(name);
        if (inside.isEmpty()) {
            return Optional.empty();
        }
        Fields script = inside.get();
        try {
            return Optional.of(new WorkScript(script.text("name"), script.text("text"), script.count("seconds")));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage("'" + name + "': " + e.getMessage());
        }
    }
}
