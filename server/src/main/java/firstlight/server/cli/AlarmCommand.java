package firstlight.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firstlight alarm}. */
@Command(
        name = "alarm",
        description = "What a person must look at: devices that failed too often, and the like.",
        footerHeading = "%nFor example:%n",
        footer = {"  firstlight alarm list --all", "  firstlight alarm dismiss 3"})
public final class AlarmCommand {
    @Command(name = "list", description = "Open alarms.")
    void list(
            @Option(names = "--all", description = "Those that were dismissed as well.") boolean all,
            @Mixin Newest newest,
            @Mixin Shared shared) {
        newest.print(shared, "alarms", all ? "&all=true" : "", alarms -> {
            Table table = new Table("NR", "DEVICE", "WHAT", "TIMES", "FIRST", "LAST", "DISMISSED BY");
            for (JsonNode alarm : alarms) {
                table.row(
                        Shared.text(alarm, "alarm"),
                        Shared.text(alarm, "device"),
                        Shared.text(alarm, "text"),
                        Shared.text(alarm, "times"),
                        Shared.time(alarm.path("first")),
                        Shared.time(alarm.path("last")),
                        Shared.text(alarm, "dismissedBy"));
            }
            return table.text();
        });
    }

    @Command(name = "dismiss", description = "Somebody has looked at it.")
    void dismiss(@Parameters(paramLabel = "NR", description = "Of the list.") long number, @Mixin Shared shared) {
        shared.act("DELETE", "alarms/" + number, Shared.body(), _ -> "alarm " + number + " is dismissed");
    }
}
