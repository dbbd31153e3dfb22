package firstlight.server.api;

import firstlight.database.DeviceStore;
import firstlight.database.SessionStore;
import firstlight.database.WorkStore;
import firstlight.model.FactName;
import firstlight.policy.Device;
import firstlight.policy.level.AfterWork;
import firstlight.policy.work.FirstDisk;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.server.access.Permission;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code /work}: what devices are to do. */
final class WorkRoutes {
    private static final String CURE = "see firstlight work list";
    /** So far may the clock of whoever says "now" be behind this server's. */
    private static final Duration CLOCKS = Duration.ofMinutes(10);

    private static final String SESSIONS = "see firstlight session list";

    private final WorkStore works;
    private final SessionStore sessions;
    private final DeviceStore devices;
    private final DeviceFinder finder;
    private final DeviceSelection selection;
    private final TaskJson tasks;
    private final Views views;
    private final Acts acts;

    WorkRoutes(
            WorkStore works,
            SessionStore sessions,
            DeviceStore devices,
            DeviceFinder finder,
            DeviceSelection selection,
            TaskJson tasks,
            Views views,
            Acts acts) {
        this.works = works;
        this.sessions = sessions;
        this.devices = devices;
        this.finder = finder;
        this.selection = selection;
        this.tasks = tasks;
        this.views = views;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/work", Permission.SEE, this::list)
                        .query("device", "group", "rule", "state", "kind", "limit"),
                Route.post("/work", Permission.ACT, this::assign)
                        .fields("devices", "group", "task", "at", "priority", "force", "wake", "after"),
                Route.get("/work/{work}", Permission.SEE, this::show),
                Route.delete("/work/{work}", Permission.ACT, this::cancel),
                Route.post("/work/{work}/retry", Permission.ACT, this::retry));
    }

    /** Newest first; ended work among it. */
    private Answer list(Request request) throws ApiProblem {
        Optional<WorkState> state = request.word("state", WorkState.class);
        Optional<String> kind = request.filter("kind");
        Optional<String> name = request.filter("device");
        long device = name.isPresent() ? finder.one(name.get()).id() : 0;
        Optional<String> group = request.filter("group");
        Optional<Set<Long>> groups =
                group.isPresent() ? Optional.of(selection.groupsBelow(group.get())) : Optional.empty();
        boolean ofRule = request.filter("rule").isPresent();
        long rule = request.query("rule", 0);
        if (ofRule && rule < 1) { // what a variable makes must not be everybody's
            throw ApiProblem.notAllowed(
                    "rule", "'rule' is " + rule, "it must be a rule's number; see firstlight rule list");
        }
        int limit = request.limit(200, 10_000);
        List<Work> found =
                works.list(device, groups, rule, state.map(Enum::name).orElse(""), kind.orElse(""), limit);
        return Answer.ok(Json.items(found, views::work));
    }

    private Answer show(Request request) throws ApiProblem {
        return Answer.ok(views.work(work(request)));
    }

    /** Checked whole, then perhaps held, then done for all devices or none. */
    private Answer assign(Request request) throws ApiProblem, IOException {
        Body body = request.body();
        Task task = tasks.read(body, "task", request.caller());
        Terms terms = terms(body, request.caller().name()).withScripts(ScriptJson.around(body, "task"));
        // What a script does nobody knows.
        boolean destructive = task.isDestructive() || !terms.scripts().isEmpty();
        List<Device> devices = selection.read(body, request.caller(), request.now());
        List<Long> numbers = devices.stream().map(Device::id).toList();
        Acts.sameAsConfirmed(request, numbers);
        String what = task.words() + terms.scripts().words() + words(terms);
        refuseOver(request, terms);
        refuseLongOver(request, terms);
        Acts.asConfirmedForDevices(request, what);
        String words = what + ": " + names(devices);
        if (task instanceof Task.Join(long session)) {
            refuseMembers(session, devices);
        }
        if (destructive) {
            if (acts.isTooMuch(request, numbers) && isOver(terms, request)) { // nobody could confirm it
                throw ApiProblem.notAllowed("at", "'at' is " + terms.notBefore() + ", which is over", "leave it out");
            }
            Optional<Answer> held = acts.hold(request, "work.assign", numbers, words);
            if (held.isPresent()) {
                return held.get();
            }
        }
        List<Work> made = new ArrayList<>();
        List<Device> registered = new ArrayList<>();
        for (Device device : devices) {
            registered.add(finder.registered(device));
        }
        if (destructive) {
            acts.record(
                    request, "work.assign", registered.stream().map(Device::id).toList(), words);
        }
        if (task instanceof Task.Join(long session)) {
            List<Long> joining = registered.stream().map(Device::id).toList();
            made.addAll(KeptOr.problem(sessions.join(session, joining, terms, request.now()), SESSIONS));
        } else {
            made.addAll(works.create(registered.stream().map(Device::id).toList(), task, terms, request.now()));
        }
        return Answer.created(Json.items(made, views::work));
    }

    /** Who confirms has read the hour: what was to be done by night is not done in class. */
    private static void refuseOver(Request request, Terms terms) throws ApiProblem {
        if (request.confirmed().isPresent() && isOver(terms, request)) {
            throw ApiProblem.conflict(
                    "its time, " + terms.notBefore() + ", has passed", "refuse it, and ask for it anew");
        }
    }

    /** Last year's January, written in December: a room would be restored at once, in class. */
    private static void refuseLongOver(Request request, Terms terms) throws ApiProblem {
        Instant at = terms.notBefore();
        if (!at.equals(Instant.EPOCH) && at.plus(CLOCKS).isBefore(request.now())) {
            throw ApiProblem.notAllowed(
                    "at", "'at' is " + at + ", which is over", "say when, or leave it out, and it is done at once");
        }
    }

    private static boolean isOver(Terms terms, Request request) {
        return !terms.notBefore().equals(Instant.EPOCH) && !terms.notBefore().isAfter(request.now());
    }

    /** What a second person and the audit read beside the task; empty for the usual. */
    private static String words(Terms terms) {
        return (terms.notBefore().equals(Instant.EPOCH) ? "" : ", not before " + terms.notBefore())
                + (terms.wake() ? ", waking them" : "")
                + (terms.force() ? ", also where it is there already" : "")
                + terms.after().map(after -> ", then " + Words.of(after)).orElse("");
    }

    /** Before anything is kept: who is a member already is named. */
    private void refuseMembers(long session, List<Device> devices) throws ApiProblem {
        Set<Long> members = sessions.members(session).stream()
                .filter(Work::isOpen)
                .map(Work::device)
                .collect(Collectors.toSet());
        List<Device> twice =
                devices.stream().filter(device -> members.contains(device.id())).toList();
        if (!twice.isEmpty()) {
            throw ApiProblem.conflict(
                    names(twice) + (twice.size() == 1 ? " is" : " are") + " in session " + session + " already",
                    "leave out who is in it; see firstlight session show " + session);
        }
    }

    /** @param who for {@code createdBy} */
    static Terms terms(Body body, String who) throws ApiProblem {
        Optional<AfterWork> after =
                body.has("after") ? Optional.of(body.word("after", AfterWork.class)) : Optional.empty();
        return Terms.by(who)
                .withPriority(body.number("priority", 0, -1000, 1000))
                .notBefore(body.instant("at").orElse(Instant.EPOCH))
                .withWake(body.flag("wake", false))
                .withForce(body.flag("force", false))
                .withAfter(after);
    }

    /** Running work ends at its engine's next report, which is refused then. 409 when it has ended. */
    private Answer cancel(Request request) throws ApiProblem {
        Work work = work(request);
        reached(work, request);
        refuseEnded(work);
        Work now = works.cancel(work, request.now())
                .orElseThrow(() -> ApiProblem.notFound("there is no work " + work.id(), CURE));
        if (now.state() != WorkState.CANCELLED) {
            refuseEnded(now); // while hundreds are cancelled one after the other some are done
        }
        acts.record(request, "work.cancel", List.of(work.device()), work.describe());
        return Answer.ok(views.work(now));
    }

    private static void refuseEnded(Work work) throws ApiProblem {
        if (!work.isOpen()) {
            throw ApiProblem.conflict(work.describe() + " has ended already: " + work.outcome(), "");
        }
    }

    /** With its attempts counted anew. Somebody has looked at the PC: a disk that it missed is not asked for any more. */
    private Answer retry(Request request) throws ApiProblem {
        Work work = work(request);
        reached(work, request);
        if (work.isOpen() || work.state() == WorkState.DONE) {
            throw ApiProblem.conflict(
                    work.describe() + " is " + Words.of(work.state()),
                    work.isOpen() ? "it goes on by itself" : "assign it again");
        }
        if (work.task() instanceof Task.Join(long session)
                && sessions.find(session).filter(Session::isOpen).isEmpty()) {
            throw ApiProblem.conflict("session " + session + " has ended", "make a new one, and join that");
        }
        Work again = KeptOr.problem(works.reopen(work.retried(request.now())), "firstlight work list shows it");
        devices.change(
                work.device(),
                device -> device.withFacts(
                        FirstDisk.released(device.facts(), work.task().held()), device.lastSeen()));
        if (work.task().isDestructive() || !work.terms().scripts().isEmpty()) {
            acts.record(request, "work.retry", List.of(work.device()), work.describe());
        }
        return Answer.ok(views.work(again));
    }

    private void reached(Work work, Request request) throws ApiProblem {
        Optional<Device> device = finder.find(Long.toString(work.device()));
        if (device.isPresent()) {
            finder.reached(device.get(), request.caller());
        }
    }

    private Work work(Request request) throws ApiProblem {
        long number = request.number("work", "work", CURE);
        return works.find(number).orElseThrow(() -> ApiProblem.notFound("there is no work " + number, CURE));
    }

    /** Whether an image of that name is being captured or will be. */
    static boolean isBeingCaptured(WorkStore works, String image) {
        return works.open().stream()
                .anyMatch(work -> work.task() instanceof Task.Capture capture
                        && capture.image().equals(image));
    }

    /** Twenty at most, and how many more. */
    static String names(Collection<Device> devices) {
        String some = devices.stream().limit(20).map(WorkRoutes::name).collect(Collectors.joining(", "));
        return some + (devices.size() > 20 ? " and " + (devices.size() - 20) + " more" : "");
    }

    private static String name(Device device) {
        return device.id() != 0
                ? device.name()
                : device.facts().first(FactName.MAC).orElse("a new device");
    }
}
