package firstlight.server.api;

import firstlight.database.PolicyStore;
import firstlight.database.ScheduleStore;
import firstlight.policy.Device;
import firstlight.policy.level.Group;
import firstlight.policy.work.Schedule;
import firstlight.policy.work.Task;
import firstlight.server.access.Permission;
import firstlight.server.work.Cron;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** {@code /schedules}: work that is given out again and again. */
final class ScheduleRoutes {
    private static final String CURE = "see firstlight schedule list";
    private static final String[] FIELDS = {
        "name", "enabled", "cron", "zone", "devices", "group", "task", "priority", "force", "wake", "after"
    };

    private final ScheduleStore schedules;
    private final PolicyStore records;
    private final DeviceFinder finder;
    private final DeviceSelection selection;
    private final TaskJson tasks;
    private final Acts acts;

    ScheduleRoutes(
            ScheduleStore schedules,
            PolicyStore records,
            DeviceFinder finder,
            DeviceSelection selection,
            TaskJson tasks,
            Acts acts) {
        this.schedules = schedules;
        this.records = records;
        this.finder = finder;
        this.selection = selection;
        this.tasks = tasks;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/schedules", Permission.SEE, this::list),
                Route.post("/schedules", Permission.ACT, this::add).fields(FIELDS),
                Route.get("/schedules/{schedule}", Permission.SEE, this::show),
                Route.patch("/schedules/{schedule}", Permission.ACT, this::change)
                        .fields("name", "enabled", "cron", "zone"),
                Route.delete("/schedules/{schedule}", Permission.ACT, this::remove));
    }

    private Answer list(Request request) {
        return Answer.ok(Json.items(schedules.all(), this::view));
    }

    private Answer show(Request request) throws ApiProblem {
        return Answer.ok(view(schedule(request)));
    }

    /** The zone is the server's where none is said. 202 where it waits for a second person. */
    private Answer add(Request request) throws ApiProblem, IOException {
        Body body = request.body();
        String name = name(body, body.text("name"));
        ZoneId zone = zone(body, body.text("zone", ZoneId.systemDefault().getId()));
        boolean enabled = body.flag("enabled", true);
        String cron = body.text("cron");
        Optional<Instant> next = next(body, cron, zone, request.now());
        Task task = tasks.read(body, "task", request.caller());
        if (task instanceof Task.Join) {
            throw body.wrong("task.kind", "join", "work that can be done again; a session happens once");
        }
        List<Device> now = selection.read(body, request.caller(), request.now());
        if (now.stream().anyMatch(device -> device.id() == 0)) {
            throw body.unfit("devices", body.texts("devices").toString(), "devices that are known already");
        }
        Set<Long> groups = new LinkedHashSet<>();
        if (body.has("group")) {
            groups.add(selection.group(body, "group").id());
        }
        Set<Long> devices = new LinkedHashSet<>();
        for (String text : body.texts("devices")) {
            devices.add(finder.one(text).id());
        }
        Schedule schedule = new Schedule(
                0,
                name,
                enabled,
                cron,
                zone,
                devices,
                groups,
                task,
                WorkRoutes.terms(body, "schedule '" + name + "'").withScripts(ScriptJson.around(body, "task")),
                next);
        reached(schedule, request); // its groups as well: who is in them now is not who will be
        List<Long> concerned = now.stream().map(Device::id).toList();
        Acts.sameGroups(request, groups);
        Acts.sameAsConfirmed(request, devices); // of its groups it is for whoever comes into them later
        if (isDestructive(schedule)) {
            Optional<Answer> held = acts.hold(request, "schedule.add", concerned, words(schedule), groups);
            if (held.isPresent()) {
                return held.get();
            }
        }
        Schedule added = schedules.add(schedule);
        acts.record(request, "schedule.add", concerned, words(added));
        return Answer.created(view(added));
    }

    /** Whom it is for and what it does stays: that would be another schedule. 409 where somebody else changed it meanwhile. */
    private Answer change(Request request) throws ApiProblem {
        Body body = request.body();
        Schedule old = schedule(request);
        reached(old, request);
        ZoneId zone = zone(body, body.text("zone", old.zone().getId()));
        String cron = body.text("cron", old.cron());
        // What is due at this moment stays due: a new name takes no night's work away.
        boolean sameTimes = old.enabled() && cron.equals(old.cron()) && zone.equals(old.zone());
        Optional<Instant> next = sameTimes ? old.next() : next(body, cron, zone, request.now());
        Schedule changed = new Schedule(
                old.id(),
                name(body, body.text("name", old.name())),
                body.flag("enabled", old.enabled()),
                cron,
                zone,
                old.devices(),
                old.groups(),
                old.task(),
                old.terms(),
                next);
        Acts.asConfirmed(request, words(changed));
        // Switched off and on again is as good as new, and so are other times: the same threshold.
        if (changed.enabled() && !sameTimes && isDestructive(old)) {
            Optional<Answer> held = acts.hold(request, "schedule.change", concerned(old), words(changed));
            if (held.isPresent()) {
                return held.get();
            }
        }
        KeptOr.problem(schedules.change(old, changed), "see what it is now, and change it again");
        acts.record(request, "schedule.change", concerned(changed), words(changed));
        return Answer.ok(view(changed));
    }

    /** What it gave out already stays in the queue. */
    private Answer remove(Request request) throws ApiProblem {
        Schedule schedule = schedule(request);
        reached(schedule, request);
        schedules.remove(schedule.id());
        acts.record(request, "schedule.remove", List.of(), words(schedule));
        return Answer.nothing();
    }

    /** A technician changes what concerns his devices and groups alone. */
    private void reached(Schedule schedule, Request request) throws ApiProblem {
        if (schedule.devices().isEmpty()
                && schedule.groups().isEmpty()
                && request.caller().isLimited()) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN, "its devices are gone, so it is nobody's", "ask an administrator");
        }
        for (long device : schedule.devices()) {
            Optional<Device> known = finder.find(Long.toString(device));
            if (known.isPresent()) {
                finder.reached(known.get(), request.caller());
            }
        }
        for (long group : schedule.groups()) {
            if (!finder.reachesGroup(request.caller(), group)) {
                throw ApiProblem.of(
                        ProblemKind.FORBIDDEN, "it concerns a group that is not yours", "ask an administrator");
            }
        }
    }

    /** Who is in its groups now. */
    private List<Long> concerned(Schedule schedule) {
        Set<Long> all = new LinkedHashSet<>(schedule.devices());
        schedule.groups().forEach(group -> selection.below(group).forEach(device -> all.add(device.id())));
        return List.copyOf(all);
    }

    private static String name(Body body, String name) throws ApiProblem {
        if (name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
            throw body.wrong("name", name, "at most 100 printable characters");
        }
        return name;
    }

    private static ZoneId zone(Body body, String text) throws ApiProblem {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw body.wrong("zone", text, "a time zone like Europe/Berlin or UTC");
        }
    }

    private static Optional<Instant> next(Body body, String cron, ZoneId zone, Instant now) throws ApiProblem {
        try {
            Optional<Instant> next = Cron.next(cron, zone, now);
            if (next.isEmpty()) {
                throw body.wrong("cron", cron, "a time that comes some day");
            }
            return next;
        } catch (IllegalArgumentException e) {
            throw body.unfit(
                    "cron",
                    "'" + cron + "' (" + e.getMessage() + ")",
                    "minute hour day-of-month month day-of-week, like '0 3 * * 1-5'");
        }
    }

    private Schedule schedule(Request request) throws ApiProblem {
        long number = request.number("schedule", "schedule", CURE);
        return schedules.find(number).orElseThrow(() -> ApiProblem.notFound("there is no schedule " + number, CURE));
    }

    /** What a script does nobody knows. */
    private static boolean isDestructive(Schedule schedule) {
        return schedule.task().isDestructive() || !schedule.terms().scripts().isEmpty();
    }

    private static String words(Schedule schedule) {
        return "schedule '" + schedule.name() + "' (" + schedule.cron() + " "
                + schedule.zone().getId() + "): "
                + schedule.task().words() + schedule.terms().scripts().words() + (schedule.enabled() ? "" : " (off)");
    }

    private ObjectNode view(Schedule schedule) {
        ObjectNode node = Json.object()
                .put("schedule", schedule.id())
                .put("name", schedule.name())
                .put("enabled", schedule.enabled())
                .put("cron", schedule.cron())
                .put("zone", schedule.zone().getId());
        node.set(
                "devices",
                Json.texts(
                        schedule.devices().stream().map(finder::name).sorted().toList()));
        node.set(
                "groups",
                Json.texts(schedule.groups().stream()
                        .flatMap(group -> records.book().groups().find(group).stream())
                        .map(Group::name)
                        .sorted()
                        .toList()));
        node.set("task", TaskJson.view(schedule.task(), schedule.terms().scripts()));
        node.put("words", schedule.task().words() + schedule.terms().scripts().words())
                .put("priority", schedule.terms().priority())
                .put("wake", schedule.terms().wake());
        schedule.next().ifPresent(next -> node.put("next", next.toString()));
        return node;
    }
}
