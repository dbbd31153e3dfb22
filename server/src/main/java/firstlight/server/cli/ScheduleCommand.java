package firstlight.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firstlight schedule}. */
@Command(
        name = "schedule",
        description = "Work that is given out again and again. 'firstlight work ... --cron LINE' makes one.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight work inventory \"group:Room 12\" --cron '0 3 * * 1-5' --wake",
            "  firstlight schedule list",
            "  firstlight schedule off 3",
            "  firstlight schedule on 3",
            "  firstlight schedule delete 3"
        })
public final class ScheduleCommand {
    private static final String NR = "The schedule's number in the list.";

    @Command(name = "list", description = "All schedules, and when they fire next.")
    void list(@Mixin Shared shared) {
        shared.print(shared.api().all("schedules"), schedules -> {
            Table table = new Table("NR", "NAME", "CRON", "ZONE", "NEXT", "WORK", "DEVICES", "STATE");
            for (JsonNode schedule : schedules) {
                String groups = Shared.joined(schedule.path("groups"));
                String devices = Shared.joined(schedule.path("devices"));
                table.row(
                        Shared.text(schedule, "schedule"),
                        Shared.text(schedule, "name"),
                        Shared.text(schedule, "cron"),
                        Shared.text(schedule, "zone"),
                        Shared.time(schedule.path("next")),
                        Shared.text(schedule, "words"),
                        groups.isEmpty() ? devices : "group " + groups + (devices.isEmpty() ? "" : ", " + devices),
                        schedule.path("enabled").booleanValue(false) ? "on" : "off");
            }
            return table.text();
        });
    }

    @Command(name = "on", description = "Switches a schedule on.")
    void on(@Parameters(paramLabel = "NR", description = NR) long number, @Mixin Shared shared) {
        change(number, true, shared);
    }

    @Command(name = "off", description = "Switches a schedule off, and keeps it.")
    void off(@Parameters(paramLabel = "NR", description = NR) long number, @Mixin Shared shared) {
        change(number, false, shared);
    }

    @Command(name = "delete", description = "Removes a schedule; work that it gave out stays.")
    void delete(@Parameters(paramLabel = "NR", description = NR) long number, @Mixin Sure sure, @Mixin Shared shared) {
        sure.ask(() -> "delete " + words(shared.api().get("schedules/" + number)));
        shared.act("DELETE", "schedules/" + number, Shared.body(), _ -> "schedule " + number + " is removed");
    }

    private static void change(long number, boolean enabled, Shared shared) {
        shared.act("PATCH", "schedules/" + number, Shared.body().put("enabled", enabled), ScheduleCommand::words);
    }

    static String words(JsonNode schedule) {
        return "schedule " + Shared.text(schedule, "schedule") + " '" + Shared.text(schedule, "name") + "' "
                + (schedule.path("enabled").booleanValue(false)
                        ? "gives out '" + Shared.text(schedule, "words") + "' next at "
                                + Shared.time(schedule.path("next"))
                        : "is off");
    }
}
