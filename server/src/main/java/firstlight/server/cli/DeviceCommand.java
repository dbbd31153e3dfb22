package firstlight.server.cli;

import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight device}. */
@Command(
        name = "device",
        description = "The PCs that the server knows. DEVICE is a name, a MAC address or a number of the list.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight device list --when 'memory < 4 GiB'",
            "  firstlight device name 52:54:00:12:34:56 ROOM12-PC3",
            "  firstlight device group ROOM12-PC3,ROOM12-PC4 \"Room 12\"",
            "  firstlight device import pcs.csv --dry-run",
            "  firstlight device answer 7 ROOM12-PC3",
            "  firstlight device show ROOM12-PC3",
            "  firstlight device note ROOM12-PC3 \"loud fan\"",
            "  firstlight device menu ROOM12-PC3 hotkey --seconds 5",
            "  firstlight device wake \"group:Room 12\"",
            "  firstlight device approve",
            "  firstlight device delete ROOM12-PC3",
            "  firstlight device export pcs.csv",
            "  firstlight device questions",
            "  firstlight device adapters --add 00:e0:4c:68:00:01"
        })
public final class DeviceCommand {
    private static final String DEVICE = "A name, a MAC address or a number of the list.";

    @Command(name = "list", description = "The devices, by name.")
    void list(
            @Option(
                            names = "--text",
                            paramLabel = "TEXT",
                            description = "In name, note, MAC, model, serial, asset tag.")
                    Optional<String> text,
            @Option(
                            names = "--group",
                            paramLabel = "GROUP",
                            description = "In this group and below; none: in no group.")
                    Optional<String> group,
            @Option(names = "--pending", description = "Those that wait for approval.") boolean pending,
            @Option(names = "--when", paramLabel = "CONDITION", description = "That meet a rule's condition.")
                    Optional<String> when,
            @Mixin Shared shared) {
        String query = "devices?limit=2000" + WorkCommand.parameter("text", text)
                + WorkCommand.parameter("group", group) + WorkCommand.parameter("when", when)
                + (pending ? "&registration=pending" : "");
        shared.print(shared.api().all(query), devices -> {
            Table table = new Table("NR", "NAME", "GROUP", "MAC", "MODEL", "STATE", "IMAGE", "WORK", "LAST SEEN");
            for (JsonNode device : devices) {
                table.row(
                        Shared.text(device, "id"),
                        Shared.text(device, "name"),
                        Shared.text(device, "group"),
                        fact(device, "mac"),
                        (fact(device, "manufacturer") + " " + fact(device, "model")).strip(),
                        Shared.text(device, "registration"),
                        image(device),
                        Shared.text(device, "work"),
                        device.has("lastSeen") ? Shared.time(device.path("lastSeen")) : "never");
            }
            return table.text();
        });
    }

    @Command(name = "show", description = "Everything that is known of one device, and which policy counts for it.")
    void show(@Parameters(paramLabel = "DEVICE", description = DEVICE) String device, @Mixin Shared shared) {
        shared.print(shared.api().get(path(device)), DeviceCommand::all);
    }

    @Command(
            name = "name",
            description =
                    "Names a device; a restored system gets this computer name. A MAC address that was never seen is "
                            + "registered.")
    void name(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "NAME", description = "Up to 63 letters, digits and hyphens.") String name,
            @Mixin Shared shared) {
        shared.act(
                "PATCH",
                path(device),
                Shared.body().put("name", name),
                answer -> "device " + Shared.text(answer, "id") + " (" + fact(answer, "mac") + ") is now named "
                        + Shared.text(answer, "name"));
    }

    @Command(name = "group", description = "Puts devices into a group, or into none.")
    void group(
            @Parameters(paramLabel = "DEVICE", description = "A device, or several with commas.") String devices,
            @Parameters(paramLabel = "GROUP", arity = "0..1", description = "Without it, in none.") @Nullable
                    String group,
            @Mixin Shared shared) {
        for (String device : devices.strip().split(" *, *", -1)) {
            shared.act(
                    "PATCH",
                    path(device),
                    Shared.body().put("group", group == null ? "" : group),
                    answer -> Shared.text(answer, "name") + " is in "
                            + (Shared.text(answer, "group").isEmpty()
                                    ? "no group"
                                    : "group " + Shared.text(answer, "group")));
        }
    }

    @Command(name = "note", description = "Writes a note to a device.")
    void note(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "TEXT", description = "Up to 1000 characters; empty takes it away.") String text,
            @Mixin Shared shared) {
        shared.act(
                "PATCH",
                path(device),
                Shared.body().put("note", text),
                answer -> Shared.text(answer, "name") + ": " + Shared.text(answer, "note"));
    }

    @Command(name = "menu", description = "When the boot menu is shown at a device.")
    void menu(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "WHEN", description = "never, always, hotkey, or default (the next level's).")
                    String when,
            @Option(names = "--seconds", paramLabel = "N", defaultValue = "3", description = "To press the hotkey in.")
                    int seconds,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body();
        if (when.equals("default")) {
            body.putNull("menu");
        } else {
            body.put("menu", when.equals("hotkey") ? "hotkey " + seconds : when);
        }
        shared.act(
                "PATCH",
                "policy/" + ApiClient.part("device:" + device),
                body,
                answer -> device + ": menu "
                        + Shared.text(answer.path("effective").path("menu"), "value") + " ("
                        + Shared.text(answer.path("effective").path("menu"), "from") + ")");
    }

    @Command(name = "wake", description = "Wakes devices by their network cards, now.")
    void wake(
            @Parameters(paramLabel = "DEVICE", description = "A device; several with commas; or group:NAME.")
                    String devices,
            @Mixin Shared shared) {
        shared.act(
                "POST",
                "devices/wake",
                WorkCommand.about(devices, Shared.body()),
                answer -> "magic packets were sent to " + names(answer));
    }

    @Command(name = "approve", description = "Takes devices that wait for approval (new-devices: approve).")
    void approve(
            @Parameters(paramLabel = "DEVICE", arity = "0..*", description = "Without any, all that wait.") @Nullable
                    List<String> devices,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body();
        Shared.texts(body, "devices", devices == null ? List.of() : devices);
        shared.act("POST", "devices/approve", body, answer -> names(answer) + " registered");
    }

    @Command(name = "delete", description = "Forgets a device with its work and rules. It is new when it boots again.")
    void delete(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Mixin Sure sure,
            @Mixin Shared shared) {
        sure.ask(() -> {
            String name = Shared.text(shared.api().get(path(device)), "name");
            int works = shared.api()
                    .all("work?limit=10000&device=" + ApiClient.part(name))
                    .size();
            return "delete device " + name + " with its work (" + works
                    + " so far), its rules and all that is known of it" + schedules(shared, name);
        });
        shared.act("DELETE", path(device), Shared.body(), _ -> device + " is forgotten");
    }

    /** Those that name it, which go on without it. */
    private static String schedules(Shared shared, String device) {
        List<String> naming = new ArrayList<>();
        for (JsonNode schedule : shared.api().all("schedules")) {
            if (schedule.path("devices")
                    .valueStream()
                    .anyMatch(named -> named.asString("").equals(device))) {
                boolean alone = schedule.path("devices").size() == 1
                        && schedule.path("groups").isEmpty();
                naming.add(Shared.text(schedule, "schedule") + " '" + Shared.text(schedule, "name") + "'"
                        + (alone ? " (for it alone, so that is switched off)" : ""));
            }
        }
        return naming.isEmpty() ? "" : ", and take it out of schedule " + String.join(", ", naming);
    }

    @Command(name = "export", description = "Writes all devices as CSV.")
    void export(
            @Parameters(paramLabel = "FILE", arity = "0..1", description = "Without it, to the screen.") @Nullable
                    Path file,
            @Mixin Shared shared) {
        String csv = shared.api().text("devices.csv");
        if (file == null) {
            shared.line(csv.stripTrailing());
            return;
        }
        try {
            Files.writeString(file, csv);
        } catch (IOException e) {
            throw new OperatorError(file + " cannot be written: " + IoReason.of(e), "see space and permission", e);
        }
    }

    @Command(
            name = "import",
            description =
                    "Registers and changes devices by a CSV file: all lines, or none when one is wrong. Its first line "
                            + "names the columns: name, group, mac, uuid, serial, asset-tag, note. An empty group takes a device"
                            + " out of its group, an empty note its note away.")
    void read(
            @Parameters(paramLabel = "FILE", description = "Commas or semicolons, UTF-8.") Path file,
            @Option(names = "--dry-run", description = "Only say what would be done.") boolean dryRun,
            @Mixin Shared shared) {
        String csv;
        try {
            csv = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new OperatorError(
                    file + " is not in UTF-8",
                    "save it as such (spreadsheets call that CSV UTF-8), and import that",
                    e);
        } catch (IOException e) {
            throw new OperatorError(file + " cannot be read: " + IoReason.of(e), "see the file and its permission", e);
        }
        shared.printDone(
                shared.api().send("devices.csv" + (dryRun ? "?dry-run=true" : ""), csv, "text/csv"),
                answer -> Shared.text(answer, "new") + (dryRun ? " would be" : "") + " new, "
                        + Shared.text(answer, "changed") + (dryRun ? " would be" : "") + " changed, "
                        + Shared.text(answer, "unchanged") + " unchanged"
                        + passedOver(answer.path("passedOver")));
    }

    private static String passedOver(JsonNode columns) {
        List<String> names = columns.valueStream().map(name -> name.asString()).toList();
        return names.isEmpty() ? "" : "\nnot imported, since the PCs tell it themselves: " + String.join(", ", names);
    }

    @Command(name = "questions", description = "Boots of which nobody could tell the device; a person must.")
    void questions(@Mixin Shared shared) {
        shared.print(shared.api().all("questions"), questions -> {
            Table table = new Table("NR", "LAST SEEN", "IT SHOWS", "IT COULD BE", "WHY");
            for (JsonNode question : questions) {
                table.row(
                        Shared.text(question, "question"),
                        Shared.time(question.path("lastSeen")),
                        Shared.joined(question.path("shown")),
                        Shared.joined(question.path("candidates")),
                        Shared.joined(question.path("why")));
            }
            return table.text();
        });
    }

    @Command(name = "answer", description = "Answers a question: which device it is, or that it is a new one.")
    void answer(
            @Parameters(paramLabel = "NR", description = "Of firstlight device questions.") long number,
            @Parameters(paramLabel = "DEVICE", description = "The device; or the word new.") String device,
            @Mixin Shared shared) {
        ObjectNode body = device.equals("new")
                ? Shared.body().put("new", true)
                : Shared.body().put("device", device);
        shared.act(
                "POST",
                "questions/" + number + "/answer",
                body,
                answer -> "question " + number + ": " + Shared.text(answer, "answer"));
    }

    @Command(name = "adapters", description = "Docks and USB adapters: MACs that tell nothing of who uses them.")
    void adapters(
            @Option(names = "--add", paramLabel = "MAC", description = "List this one.") Optional<String> add,
            @Option(names = "--remove", paramLabel = "MAC", description = "It belongs to one device again.")
                    Optional<String> remove,
            @Mixin Shared shared) {
        JsonNode answer = add.isPresent()
                ? shared.api().ask("PUT", "shared-adapters/" + ApiClient.part(add.get()), Shared.body())
                : remove.isPresent()
                        ? shared.api().ask("DELETE", "shared-adapters/" + ApiClient.part(remove.get()), Shared.body())
                        : shared.api().get("shared-adapters");
        shared.print(answer.path("items"), macs -> Shared.joined(macs).replace(", ", "\n"));
    }

    static String all(JsonNode device) {
        StringBuilder text = new StringBuilder();
        text.append(Shared.text(device, "name")).append(" (").append(Shared.text(device, "registration"));
        text.append(Shared.text(device, "group").isEmpty() ? "" : ", group " + Shared.text(device, "group"))
                .append(")\n");
        line(text, "note", Shared.text(device, "note"));
        line(text, "work", Shared.text(device, "work"));
        line(text, "last image", image(device));
        device.path("facts").properties().forEach(fact -> line(text, fact.getKey(), Shared.joined(fact.getValue())));
        if (device.has("effective")) {
            text.append("policy\n");
            device.path("effective").properties().forEach(value -> {
                JsonNode what = value.getValue().path("value");
                line(text, value.getKey(), Shared.value(what) + "  <- " + Shared.text(value.getValue(), "from"));
            });
        }
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(String.format(Locale.ROOT, "  %-20s %s%n", name, value));
        }
    }

    private static String names(JsonNode answer) {
        return answer.path("items").isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        answer.path("items")
                                .valueStream()
                                .map(each -> Shared.text(each, "name"))
                                .toList());
    }

    private static String image(JsonNode device) {
        JsonNode image = device.path("lastImage");
        if (image.isMissingNode()) {
            return "";
        }
        String half = Shared.joined(image.path("unfinishedAddOns"));
        String parts = Shared.joined(image.path("partsSince"));
        return Shared.text(image, "image") + " " + Shared.text(image, "version")
                + (half.isEmpty() ? "" : ", unfinished " + half)
                + (parts.isEmpty() ? "" : ", since then " + parts);
    }

    private static String path(String device) {
        return "devices/" + ApiClient.part(device);
    }

    private static String fact(JsonNode device, String key) {
        return device.path("facts").path(key).path(0).stringValue("");
    }
}
