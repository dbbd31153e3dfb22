package firstlight.server.api;

import firstlight.image.manifest.ImageKind;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.ReadBack;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.model.Scripts;
import firstlight.model.WorkScript;
import firstlight.policy.work.AddOnName;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.server.access.Caller;
import firstlight.server.images.OtherSites;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The object {@code task} of requests and answers: {@code {"kind": "restore", "image": "room12"}}. */
final class TaskJson {
    /** A device, or a rule by which the engine chooses one. */
    private static final String DISK =
            "/dev/[A-Za-z0-9/_:.+-]{1,100}|internal|smallest|largest|(serial|model)=[A-Za-z0-9_:. *+-]{1,100}";

    // Option by option the words that an engine knows; {@code leave-out} takes any.
    private static final Map<String, List<String>> CAPTURE_CHOICES =
            Map.of("if-locked", List.of("raw", "skip", "stop"), "if-unreadable", List.of("stop", "zero"));

    private enum Kind {
        CAPTURE,
        RESTORE,
        JOIN,
        SCRIPT,
        INVENTORY,
        MAINTENANCE,
        WIPE;

        Set<String> fields() {
            return switch (this) {
                case CAPTURE -> Set.of("kind", "image", "disks", "options", ScriptJson.BEFORE, ScriptJson.AFTER);
                case RESTORE ->
                    Set.of(
                            "kind",
                            "image",
                            "version",
                            "addOns",
                            "disks",
                            "options",
                            ScriptJson.BEFORE,
                            ScriptJson.AFTER);
                case JOIN -> Set.of("kind", "session", ScriptJson.BEFORE, ScriptJson.AFTER);
                case SCRIPT -> Set.of("kind", "name", "text");
                case INVENTORY, MAINTENANCE -> Set.of("kind");
                case WIPE -> Set.of("kind", "disks", "method", ScriptJson.BEFORE, ScriptJson.AFTER);
            };
        }
    }

    private final ImageStore images;
    private final OtherSites others;
    private final OwnImages own;
    /** An image that is about to be captured can be given out already. */
    private final Predicate<String> beingCaptured;

    /** By number or name. */
    private final Function<String, Optional<Session>> sessions;

    TaskJson(
            ImageStore images,
            OtherSites others,
            OwnImages own,
            Predicate<String> beingCaptured,
            Function<String, Optional<Session>> sessions) {
        this.others = others;
        this.own = own;
        this.images = images;
        this.beingCaptured = beingCaptured;
        this.sessions = sessions;
    }

    /**
     * An image that another server has begins to come.
     *
     * @param caller who gives it
     * @throws ApiProblem for what is not allowed, and for images and sessions that are not there
     */
    Task read(Body outer, String field, Caller caller) throws ApiProblem, IOException {
        JsonNode node = outer.get(field);
        if (node == null) {
            throw ApiProblem.missing(outer.name(field));
        }
        if (!node.isObject()) {
            throw outer.wrong(field, node, "an object like {\"kind\": \"inventory\"}");
        }
        Body body = new Body(outer.name(field), node);
        Kind kind = body.word("kind", Kind.class);
        body.allow(kind.fields());
        return switch (kind) {
            case CAPTURE ->
                new Task.Capture(captured(body, caller).text(), disks(body), captureOptions(body))
                        .by(caller.isLimited() ? caller.name() : "");
            case RESTORE -> restore(body);
            case JOIN -> join(body);
            case SCRIPT -> script(body);
            case INVENTORY -> new Task.Inventory();
            case MAINTENANCE -> new Task.Maintenance();
            case WIPE -> new Task.Wipe(disks(body), body.word("method", Task.WipeMethod.ZEROS));
        };
    }

    /** Version 0 stays 0: which one is the newest is asked when the work begins. */
    private Task restore(Body body) throws ApiProblem, IOException {
        ImageName image = imageName(body, "image", body.text("image"));
        int version = body.number("version", 0, 0, Integer.MAX_VALUE);
        // Not by number: which one a capture will have is not known before it is done.
        if (images.find(image, version).isEmpty() && (version != 0 || !beingCaptured.test(image.text()))) {
            String missing = "there is no image '" + ImageName.reference(image.text(), version) + "'";
            refuseAbsent(body.name("image"), missing, image, version);
        }
        ImageFinder.refuseAddOn(
                body.name("image"), images.find(image, version), "name a base image, and this one behind --add-on");
        return new Task.Restore(image.text(), version, addOns(body), disks(body), options(body));
    }

    /** Need not be there yet. 403 for another's image where the caller adds to own ones only. */
    private ImageName captured(Body body, Caller caller) throws ApiProblem, IOException {
        ImageName name = imageName(body, "image", body.text("image"));
        if (images.find(name, 0)
                .filter(found -> found.kind() == ImageKind.ADD_ON)
                .isPresent()) {
            throw ApiProblem.notAllowed(
                    body.name("image"), "'" + name + "' is an add-on image", "capture under another name");
        }
        own.refuseOthers(name, caller);
        return name;
    }

    /** Each a name, or NAME@VERSION. */
    private List<String> addOns(Body body) throws ApiProblem, IOException {
        List<String> addOns = new ArrayList<>();
        for (String text : body.texts("addOns")) {
            AddOnName name;
            try {
                name = AddOnName.of(text);
            } catch (IllegalArgumentException wrong) {
                throw body.wrong("addOns", text, "an add-on image's name, or NAME@VERSION");
            }
            ImageName image = imageName(body, "addOns", name.image());
            Optional<ImageVersion> found = images.find(image, name.version());
            if (found.isEmpty()) {
                refuseAbsent(body.name("addOns"), "there is no add-on image '" + name + "'", image, name.version());
            }
            if (found.filter(there -> there.kind() == ImageKind.BASE).isPresent()) {
                throw ApiProblem.notAllowed(
                        body.name("addOns"),
                        found.get().name() + " is no add-on image but one of disks",
                        "firstlight image add-on makes one; see firstlight image list");
            }
            addOns.add(name.toString());
        }
        return addOns;
    }

    /** Not when another server has it: then it is on its way already, ahead of the PCs. */
    private void refuseAbsent(String field, String missing, ImageName image, int version)
            throws ApiProblem, IOException {
        if (others.supply(image, version) instanceof OtherSites.Supply.Unavailable(String why, boolean _, int _)) {
            throw ApiProblem.notAllowed(
                    field, missing + (why.isEmpty() ? "" : " here, " + why), "see firstlight image list");
        }
    }

    /** By number, as a number or as text, or by name. */
    private Task join(Body body) throws ApiProblem {
        JsonNode given = body.get("session");
        String text = given != null && given.isIntegralNumber() ? given.asString() : body.text("session");
        Session session = sessions.apply(text)
                .orElseThrow(() -> ApiProblem.notAllowed(
                        body.name("session"), "there is no session '" + text + "'", "see firstlight session list"));
        if (!session.isOpen()) {
            throw ApiProblem.notAllowed(
                    body.name("session"),
                    session.describe() + " has ended (" + session.outcome() + ")",
                    "make a new one: firstlight session create");
        }
        return new Task.Join(session.id());
    }

    private static Task script(Body body) throws ApiProblem {
        String text = body.text("text");
        if (text.length() > WorkScript.LONGEST) {
            throw body.unfit("text", text.length() + " characters long", "at most " + WorkScript.LONGEST);
        }
        String name = body.text("name");
        if (!ImageName.isValid(name)) {
            throw body.wrong("name", name, "up to 100 letters, digits, dots, hyphens and underscores");
        }
        return new Task.Script(name, text);
    }

    private static ImageName imageName(Body body, String field, String name) throws ApiProblem {
        if (!ImageName.isValid(name)) {
            throw body.wrong(
                    field,
                    name,
                    "up to 100 letters, digits, dots, hyphens and underscores, the first a letter or digit");
        }
        return new ImageName(name);
    }

    /** Empty for the first internal one. Looked at here, for the engine has it in commands. */
    static List<String> disks(Body body) throws ApiProblem {
        for (String disk : body.texts("disks")) {
            if (!disk.matches(DISK) || disk.contains("..")) {
                throw body.wrong(
                        "disks",
                        disk,
                        "a disk's device like /dev/sda, or a rule: internal, smallest, largest,"
                                + " serial=..., model=...");
            }
        }
        return body.texts("disks");
    }

    private static SortedMap<String, String> captureOptions(Body body) throws ApiProblem {
        SortedMap<String, String> options = options(body);
        for (Map.Entry<String, String> option : options.entrySet()) {
            String name = option.getKey();
            if (!name.equals("leave-out") && !CAPTURE_CHOICES.containsKey(name)) {
                throw body.wrong("options", name, "if-locked, if-unreadable or leave-out");
            }
            List<String> choices = CAPTURE_CHOICES.getOrDefault(name, List.of());
            if (!choices.isEmpty() && !choices.contains(option.getValue())) {
                throw body.wrong("options", option.getValue(), String.join(", ", choices) + " for " + name);
            }
        }
        return options;
    }

    /** Checked by those who carry them out, so that a wrong one is told now and not at the PC. */
    private static SortedMap<String, String> options(Body body) throws ApiProblem {
        SortedMap<String, String> options = new TreeMap<>();
        JsonNode node = body.get("options");
        if (node == null) {
            return options;
        }
        Body inner = new Body(body.name("options"), node);
        for (String key : node.propertyNames()) {
            options.put(key, inner.text(key));
        }
        try {
            Wishes.of(options);
            ReadBack.of(options);
            PartitionChoice.of(options.getOrDefault(PartitionChoice.OPTION, ""));
        } catch (IllegalArgumentException wrong) {
            throw body.unfit(
                    "options",
                    String.valueOf(wrong.getMessage()),
                    "partitions like \"2,3\", grow like \"3\" or \"none\", verify \"full\" or \"sampled\", add-on-partition like"
                            + " \"3\" or \"label=DATA\"");
        }
        return options;
    }

    /** With the whole text of its scripts. */
    static ObjectNode view(Task task, Scripts scripts) {
        ObjectNode node = view(task);
        scripts.before().ifPresent(script -> node.set(ScriptJson.BEFORE, ScriptJson.view(script)));
        scripts.after().ifPresent(script -> node.set(ScriptJson.AFTER, ScriptJson.view(script)));
        return node;
    }

    /** As {@link #read} takes it back, without scripts around it. */
    static ObjectNode view(Task task) {
        ObjectNode node = Json.object().put("kind", task.kind());
        switch (task) {
            case Task.Capture capture -> {
                node.put("image", capture.image()).set("disks", Json.texts(capture.disks()));
                ObjectNode options = node.putObject("options");
                capture.options().forEach(options::put);
            }
            case Task.Restore restore -> {
                node.put("image", restore.image()).put("version", restore.version());
                node.set("addOns", Json.texts(restore.addOns()));
                node.set("disks", Json.texts(restore.disks()));
                ObjectNode options = node.putObject("options");
                restore.options().forEach(options::put);
            }
            case Task.Join(long session) -> node.put("session", session);
            case Task.Script(String name, String text) -> node.put("name", name).put("text", text);
            case Task.Inventory _, Task.Maintenance _ -> {}
            case Task.Wipe(List<String> disks, Task.WipeMethod method) ->
                node.put("method", Words.of(method)).set("disks", Json.texts(disks));
        }
        return node;
    }
}
