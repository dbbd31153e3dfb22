package firstlight.server.cli;

import java.util.stream.Collectors;
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
            "  firstlight device list",
            "  firstlight device name 52:54:00:12:34:56 ROOM12-PC3",
            "  firstlight device menu ROOM12-PC3 hotkey --seconds 5"
        })
public final class DeviceCommand {
    private static final String DEVICE = "A name, a MAC address or a number of the list.";

    @Command(name = "list", description = "All devices.")
    void list(@Mixin Shared shared) {
        shared.print(shared.api().get("devices"), devices -> {
            Table table = new Table("NR", "NAME", "MAC", "MODEL", "MENU", "STATE", "WORK", "LAST SEEN");
            for (JsonNode device : devices) {
                table.row(
                        Shared.text(device, "id"),
                        Shared.text(device, "name"),
                        fact(device, "mac"),
                        (fact(device, "manufacturer") + " " + fact(device, "model")).strip(),
                        Shared.text(device, "menu"),
                        Shared.text(device, "registration"),
                        Shared.text(device, "work"),
                        Shared.time(device.path("lastSeen")));
            }
            return table.text();
        });
    }

    @Command(name = "show", description = "Everything that is known of one device.")
    void show(@Parameters(paramLabel = "DEVICE", description = DEVICE) String device, @Mixin Shared shared) {
        shared.print(shared.api().get("devices/" + ApiClient.part(device)), DeviceCommand::all);
    }

    @Command(
            name = "name",
            description =
                    "Names a device; a restored system gets this computer name. A MAC address that was never seen is registered.")
    void name(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "NAME", description = "Up to 63 letters, digits and hyphens.") String name,
            @Mixin Shared shared) {
        ObjectNode body = ApiClient.JSON.createObjectNode().put("name", name);
        shared.print(
                shared.api().ask("PUT", "devices/" + ApiClient.part(device) + "/name", body),
                answer -> Shared.text(answer, "id") + " is now named " + Shared.text(answer, "name"));
    }

    @Command(name = "menu", description = "When the boot menu is shown at a device.")
    void menu(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "WHEN", description = "never, always, hotkey, or default (the server's setting).")
                    String when,
            @Option(names = "--seconds", paramLabel = "N", defaultValue = "3", description = "To press the hotkey in.")
                    int seconds,
            @Mixin Shared shared) {
        ObjectNode body = ApiClient.JSON.createObjectNode().put("shown", when).put("seconds", seconds);
        shared.print(
                shared.api().ask("PUT", "devices/" + ApiClient.part(device) + "/menu", body),
                answer -> Shared.text(answer, "name") + ": menu " + Shared.text(answer, "menu"));
    }

    @Command(name = "approve", description = "Takes a device that waits for approval (new-devices: approve).")
    void approve(@Parameters(paramLabel = "DEVICE", description = DEVICE) String device, @Mixin Shared shared) {
        shared.print(
                shared.api()
                        .ask(
                                "POST",
                                "devices/" + ApiClient.part(device) + "/approve",
                                ApiClient.JSON.createObjectNode()),
                answer -> Shared.text(answer, "name") + " is " + Shared.text(answer, "registration"));
    }

    static String all(JsonNode device) {
        StringBuilder text = new StringBuilder();
        text.append(Shared.text(device, "name")).append(" (").append(Shared.text(device, "registration"));
        text.append(", menu ").append(Shared.text(device, "menu")).append(")\n");
        if (device.has("work")) {
            text.append("  work          ").append(Shared.text(device, "work")).append('\n');
        }
        device.path("facts")
                .properties()
                .forEach(fact -> text.append(String.format(
                        java.util.Locale.ROOT,
                        "  %-13s %s%n",
                        fact.getKey(),
                        fact.getValue().valueStream().map(JsonNode::stringValue).collect(Collectors.joining(", ")))));
        return text.toString().stripTrailing();
    }

    private static String fact(JsonNode device, String key) {
        return device.path("facts").path(key).path(0).stringValue("");
    }
}
