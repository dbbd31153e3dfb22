package firstlight.server.api;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Journal;
import firstlight.model.FirstAnswer;
import firstlight.model.WorkScript;
import firstlight.policy.Device;
import firstlight.policy.RuleBook;
import firstlight.policy.level.Group;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.server.imaging.SilentEngines;
import firstlight.server.imaging.WorkDesk;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the API shows of each thing. As of the moment that it is asked, not of the request: progress, work and names are looked up. */
final class Views {
    private final Database database;
    private final Supplier<RuleBook> book;
    private final WorkDesk desk;
    private final InstantSource clock;

    Views(Database database, Supplier<RuleBook> book, WorkDesk desk, InstantSource clock) {
        this.book = book;
        this.clock = clock;
        this.database = database;
        this.desk = desk;
    }

    ObjectNode device(Device device) {
        ObjectNode node = object().put("id", device.id())
                .put("name", device.name())
                .put("registration", word(device.registration()))
                .put(
                        "group",
                        book.get()
                                .groups()
                                .find(device.group())
                                .map(Group::name)
                                .orElse(""))
                .put("note", device.note());
        device.seen().ifPresent(seen -> node.put("lastSeen", seen.toString()));
        device.lastImage().ifPresent(image -> {
            ObjectNode last = node.putObject("lastImage")
                    .put("image", image.image())
                    .put("version", image.version())
                    .put("when", image.when().toString());
            last.set("addOns", Json.texts(image.addOns()));
            last.set(
                    "unfinishedAddOns",
                    Json.texts(image.unfinished().stream().sorted().toList()));
            last.set("partsSince", Json.texts(image.parts().stream().sorted().toList()));
        });
        ObjectNode facts = node.putObject("facts");
        device.facts().byKey().forEach((key, values) -> texts(facts.putArray(key), values));
        database.works().current(device.id(), clock.instant()).ifPresent(work -> node.put("work", work.describe()));
        return node;
    }

    ObjectNode work(Work work) {
        ObjectNode node = object().put("work", work.id()).put("device", name(work.device(), ""));
        Terms terms = work.terms();
        ObjectNode task = TaskJson.view(work.task());
        // Without their text: a room's work would tell it once for each PC.
        terms.scripts().before().ifPresent(script -> task.set(ScriptJson.BEFORE, named(script)));
        terms.scripts().after().ifPresent(script -> task.set(ScriptJson.AFTER, named(script)));
        node.set("task", task);
        node.put("words", work.task().words() + terms.scripts().words())
                .put("state", word(work.state()))
                .put("attempts", work.attempts())
                .put("transaction", work.transaction())
                .put("priority", terms.priority())
                .put("force", terms.force())
                .put("wake", terms.wake())
                .put("createdBy", terms.createdBy());
        if (terms.notBefore().isAfter(Instant.EPOCH)) {
            node.put("at", terms.notBefore().toString());
        }
        terms.after().ifPresent(after -> node.put("after", Words.of(after)));
        node.put("outcome", work.outcome()).put("changed", work.changed().toString());
        if (work.state() == WorkState.QUEUED) {
            database.devices().find(work.device()).flatMap(Device::waits).ifPresent(why -> node.put("waits", why));
        }
        desk.progress(work.transaction())
                .ifPresent(progress -> node.putObject("progress")
                        .put("phase", progress.phase())
                        .put("done", progress.done())
                        .put("total", progress.total())
                        .put("bytesPerSecond", progress.bytesPerSecond())
                        .put("note", progress.note()));
        SilentEngines.of(work, database, desk, clock.instant())
                .ifPresent(why -> node.put("silent", why)
                        .put("heard", database.works().heardOf(work).toString()));
        return node;
    }

    /** @param boot whose number the API calls {@code id} */
    ObjectNode boot(Boot boot) {
        ObjectNode node = object().put("id", boot.id())
                .put("device", name(boot.device(), ""))
                .put("mac", boot.mac())
                .put("state", word(boot.state()))
                .put("opened", boot.opened().toString())
                .put("lastEvent", boot.lastEvent().toString());
        desk.progress(boot.id()).ifPresent(progress -> node.put("progress", SilentEngines.far(progress)));
        database.works()
                .current(boot.device(), clock.instant())
                .filter(work -> work.transaction() == boot.id())
                .flatMap(work -> SilentEngines.of(work, database, desk, clock.instant()))
                .ifPresent(why -> node.put("silent", why));
        return node;
    }

    ObjectNode event(Journal.Event event) {
        String device = database.journal()
                .boot(event.boot())
                .map(boot -> name(boot.device(), boot.mac()))
                .orElse("");
        return object().put("id", event.id())
                .put("transaction", event.boot())
                .put("device", device)
                .put("at", event.at().toString())
                .put("phase", event.phase())
                .put("kind", event.kind())
                .put("text", event.text());
    }

    static ObjectNode firstAnswer(FirstAnswer answer) {
        ObjectNode node = object().put(
                        "what",
                        switch (answer) {
                            case FirstAnswer.LocalBoot _ -> "local disk, by the very first packet";
                            case FirstAnswer.Hotkey hotkey ->
                                "local disk, unless the hotkey is pressed within " + hotkey.seconds() + " s";
                            case FirstAnswer.LoadPrebootClient _ -> "preboot client, which asks for menu and work";
                            case FirstAnswer.NoAnswer _ -> "no answer";
                        });
        texts(node.putArray("reasons"), answer.reasons());
        return node;
    }

    private static ObjectNode named(WorkScript script) {
        return object().put("name", script.name()).put("seconds", script.seconds());
    }

    /** @param otherwise when it is gone, or nobody knew it */
    private String name(long device, String otherwise) {
        return database.devices().find(device).map(Device::name).orElse(otherwise);
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode object() {
        return Json.object();
    }
}
