package firstlight.server.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight work}. */
@Command(
        name = "work",
        description = {
            "What devices are to do at their next network boot. DEVICE is a name, a number or a MAC address;",
            "a MAC address that was never seen can be given work in advance."
        },
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight work capture ROOM12-PC1 room12",
            "  firstlight work restore ROOM12-PC2 room12",
            "  firstlight work restore 52:54:00:12:34:56 room12 --version 2 --power-off"
        })
public final class WorkCommand {
    private static final String DEVICE = "A name, a number of the device list, or a MAC address.";

    /** Options of work on disks. */
    static final class Choice {
        @Option(
                names = "--disk",
                paramLabel = "DEV",
                description =
                        "Only this disk (/dev/sda); may be given several times. Without it, the first internal disk.")
        private List<String> disks = new ArrayList<>();

        @Option(names = "--power-off", description = "Power off afterwards, in place of a reboot.")
        private boolean powerOff;
    }

    @Command(
            name = "capture",
            description = "Makes a new version of an image from the device's disk. Nothing is written to the disk.")
    void capture(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "IMAGE", description = "The image's name; a new name makes a new image.")
                    String image,
            @ArgGroup(exclusive = false) Choice choice,
            @Mixin Shared shared) {
        assign(shared, body("capture", device, choice).put("image", image));
    }

    @Command(name = "restore", description = "Lays an image down on the device's disk. WHAT IS ON THE DISK IS LOST.")
    void restore(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "IMAGE", description = "The image's name.") String image,
            @Option(names = "--version", paramLabel = "N", defaultValue = "0", description = "Without it, the newest.")
                    int version,
            @ArgGroup(exclusive = false) Choice choice,
            @Mixin Shared shared) {
        assign(shared, body("restore", device, choice).put("image", image).put("version", version));
    }

    @Command(
            name = "inventory",
            description = "Boots the imaging environment once, which tells everything about the hardware.")
    void inventory(@Parameters(paramLabel = "DEVICE", description = DEVICE) String device, @Mixin Shared shared) {
        assign(shared, body("inventory", device, new Choice()));
    }

    @Command(name = "maintenance", description = "Boots the imaging environment with a shell for a person at the PC.")
    void maintenance(@Parameters(paramLabel = "DEVICE", description = DEVICE) String device, @Mixin Shared shared) {
        assign(shared, body("maintenance", device, new Choice()));
    }

    @Command(name = "list", description = "All work, the newest first.")
    void list(@Mixin Shared shared) {
        shared.print(shared.api().get("work"), works -> {
            Table table = new Table("NR", "DEVICE", "WORK", "STATE", "TRIES", "CHANGED", "OUTCOME");
            for (JsonNode work : works) {
                table.row(
                        Shared.text(work, "id"),
                        Shared.text(work, "device"),
                        Shared.text(work, "words"),
                        state(work),
                        Shared.text(work, "attempts"),
                        Shared.time(work.path("changed")),
                        Shared.text(work, "outcome"));
            }
            return table.text();
        });
    }

    @Command(name = "cancel", description = "Takes work back. A device that is at it stops at its next report.")
    void cancel(
            @Parameters(paramLabel = "NR", description = "The work's number in the list.") long number,
            @Mixin Shared shared) {
        shared.print(
                shared.api().ask("DELETE", "work/" + number, ApiClient.JSON.createObjectNode()),
                work -> "work " + number + " (" + Shared.text(work, "words") + ") is cancelled");
    }

    private static void assign(Shared shared, ObjectNode body) {
        shared.print(
                shared.api().ask("POST", "work", body),
                work -> "work " + Shared.text(work, "id") + ": " + Shared.text(work, "device") + " will " + verb(work)
                        + " at its next network boot");
    }

    private static String verb(JsonNode work) {
        return switch (Shared.text(work, "task")) {
            case "inventory" -> "take its inventory";
            case "maintenance" -> "start maintenance";
            default -> Shared.text(work, "words");
        };
    }

    private static ObjectNode body(String task, String device, @org.jspecify.annotations.Nullable Choice choice) {
        ObjectNode body = ApiClient.JSON.createObjectNode().put("task", task).put("device", device);
        if (choice != null) {
            ArrayNode disks = body.putArray("disks");
            choice.disks.forEach(disks::add);
            body.put("powerOff", choice.powerOff);
        }
        return body;
    }

    private static String state(JsonNode work) {
        JsonNode progress = work.path("progress");
        long total = progress.path("total").longValue(0);
        return Shared.text(work, "state")
                + (progress.isMissingNode() || !Shared.text(work, "state").equals("running")
                        ? ""
                        : ", " + Shared.text(progress, "phase")
                                + (total == 0 ? "" : " " + progress.path("done").longValue(0) * 100 / total + " %"));
    }
}
