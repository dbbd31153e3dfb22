package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** When and how devices are to do work, and the request that gives it to them. */
final class WorkTerms {
    /** Of a schedule, in characters. */
    private static final int LONGEST_NAME = 100;

    private static final int MOST_OF_IT = 80;

    @Option(names = "--power-off", description = "Power off afterwards, in place of what policy says.")
    private boolean powerOff;

    @Option(names = "--at", paramLabel = "TIME", description = "Not before this time: 2099-01-30T03:00:00+01:00.")
    private Optional<String> at = Optional.empty();

    @Option(
            names = "--cron",
            paramLabel = "LINE",
            description = "Again and again: minute hour day-of-month month day-of-week. Makes a schedule.")
    private Optional<String> cron = Optional.empty();

    @Option(names = "--zone", paramLabel = "ZONE", description = "Time zone of --cron (default: the server's).")
    private Optional<String> zone = Optional.empty();

    @Option(names = "--priority", paramLabel = "N", description = "Higher goes first (default: 0).")
    private Optional<Integer> priority = Optional.empty();

    @Option(names = "--force", description = "Of restore and join: also when the device has that very image already.")
    private boolean force;

    @Option(names = "--wake", description = "Wake the device by its network card when the work is due.")
    private boolean wake;

    private WorkTerms checked() {
        if (at.isPresent() && cron.isPresent()) {
            throw new OperatorError(
                    "--at and --cron: a schedule begins with the next time of its line", "leave one of them out");
        }
        TaskWords.refuse(zone.isPresent() && cron.isEmpty(), "--zone", "--cron");
        return this;
    }

    /**
     * Work, or with --cron a schedule that gives it.
     *
     * @param devices as written: with commas, or group:NAME
     * @param given null where none of its options was written (picocli)
     */
    static void assign(Shared shared, String devices, ObjectNode task, @Nullable WorkTerms given) {
        WorkTerms terms = given == null ? new WorkTerms() : given.checked();
        ObjectNode body = WorkCommand.about(devices, Shared.body());
        body.set("task", task);
        terms.priority.ifPresent(priority -> body.put("priority", priority));
        TaskWords.refuse(
                terms.force && !Set.of("restore", "join").contains(Shared.text(task, "kind")),
                "--force",
                "restore and join");
        if (terms.force) {
            body.put("force", true);
        }
        if (terms.wake) {
            body.put("wake", true);
        }
        if (terms.powerOff) {
            body.put("after", "power-off");
        }
        if (terms.cron.isPresent()) {
            body.put("cron", terms.cron.get()).put("name", name(Shared.text(task, "kind"), devices));
            terms.zone.ifPresent(zone -> body.put("zone", zone));
            shared.act("POST", "schedules", body, ScheduleCommand::words);
            return;
        }
        terms.at.ifPresent(at -> body.put("at", at));
        shared.act("POST", "work", body, WorkTerms::assigned);
    }

    /** Nobody wrote one: of many devices, or a long group, it is cut to what the server keeps. */
    private static String name(String kind, String devices) {
        String whole = kind + " " + devices;
        if (whole.length() <= LONGEST_NAME) {
            return whole;
        }
        String[] each = devices.split(" *, *", -1);
        String first = kind + " " + each[0];
        return (first.length() > MOST_OF_IT ? first.substring(0, MOST_OF_IT) + "..." : first)
                + (each.length == 1 ? "" : " and " + (each.length - 1) + " more");
    }

    private static String assigned(JsonNode answer) {
        StringBuilder text = new StringBuilder();
        for (JsonNode work : answer.path("items")) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append("work ")
                    .append(Shared.text(work, "work"))
                    .append(": ")
                    .append(Shared.text(work, "device"))
                    .append(" will ")
                    .append(verb(work))
                    .append(work.has("at") ? " from " + Shared.time(work.path("at")) + " on" : "")
                    .append(
                            work.has("waits")
                                    ? ", but not yet: " + Shared.text(work, "waits")
                                    : (work.has("at") ? "," : "") + " at its next network boot");
        }
        return text.toString();
    }

    private static String verb(JsonNode work) {
        return switch (Shared.text(work.path("task"), "kind")) {
            case "inventory" -> "take its inventory";
            case "maintenance" -> "start maintenance";
            case "script" -> "run the " + Shared.text(work, "words");
            default -> Shared.text(work, "words");
        };
    }
}
