package firstlight.server.api;

import firstlight.database.SessionStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.multicast.StreamSender;
import firstlight.policy.Device;
import firstlight.policy.work.Roster;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionState;
import firstlight.policy.work.Turns;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.server.access.Caller;
import firstlight.server.access.Permission;
import firstlight.server.images.OtherSites;
import firstlight.server.imaging.Streams;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /sessions}: multicast sessions. Devices become members by work that joins one. */
final class SessionRoutes {
    private static final String CURE = "see firstlight session list";

    private final SessionStore sessions;
    private final ImageStore images;
    private final OtherSites others;
    private final Optional<Streams> streams;
    private final DeviceFinder finder;
    private final Acts acts;

    SessionRoutes(
            SessionStore sessions,
            ImageStore images,
            OtherSites others,
            Optional<Streams> streams,
            DeviceFinder finder,
            Acts acts) {
        this.others = others;
        this.streams = streams;
        this.sessions = sessions;
        this.images = images;
        this.finder = finder;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/sessions", Permission.SEE, this::list).query("state", "limit"),
                Route.post("/sessions", Permission.ACT, this::add)
                        .fields("name", "image", "version", "disks", "clients", "minutes"),
                Route.get("/sessions/{session}", Permission.SEE, this::show),
                Route.post("/sessions/{session}/start", Permission.ACT, this::start),
                Route.delete("/sessions/{session}", Permission.ACT, this::cancel));
    }

    /** Over ones among them. */
    private Answer list(Request request) throws ApiProblem {
        Optional<SessionState> state = request.word("state", SessionState.class);
        List<Session> found = sessions.all().stream()
                .filter(session -> state.isEmpty() || session.state() == state.get())
                .limit(request.limit(200, 10_000))
                .toList();
        return Answer.ok(Json.items(found, session -> view(session, request.now())));
    }

    private Answer show(Request request) throws ApiProblem {
        Session session = session(request);
        ObjectNode node = view(session, request.now());
        streams(session.id(), node.putArray("streams"));
        ArrayNode members = node.putArray("members");
        for (Work work : sessions.members(session.id())) {
            ObjectNode member = members.addObject()
                    .put("device", finder.name(work.device()))
                    .put("work", work.id())
                    .put("state", state(work, request.now()))
                    .put("outcome", work.outcome());
            if (isThere(work, request.now())) {
                member.put("lastAsked", work.waiting().toString());
            }
        }
        return Answer.ok(node);
    }

    /** @throws IOException when this server's store cannot be read */
    private Answer add(Request request) throws ApiProblem, IOException {
        Body body = request.body();
        String name = name(body);
        String image = body.text("image");
        int version = body.number("version", 0, 0, Integer.MAX_VALUE);
        // Asked also for the sake of asking: an image that another
        // server has is on its way before the first PC wants it.
        Optional<OtherSites.Supply> supply =
                ImageName.isValid(image) ? Optional.of(others.supply(new ImageName(image), version)) : Optional.empty();
        if (supply.filter(OtherSites.Supply.Asking.class::isInstance).isPresent()) {
            throw ApiProblem.conflict(
                    "other servers are being asked for image '" + image + "'", "say it again in a minute");
        }
        boolean comes =
                supply.filter(OtherSites.Supply.Coming.class::isInstance).isPresent();
        Optional<ImageVersion> found =
                ImageName.isValid(image) ? images.find(new ImageName(image), version) : Optional.empty();
        if (!comes && found.isEmpty()) {
            throw ApiProblem.notAllowed(
                    "image",
                    "there is no image '" + ImageName.reference(image, version) + "'",
                    "see firstlight image list");
        }
        ImageFinder.refuseAddOn("image", found, "name an image of disks; see firstlight image list");
        int clients = body.number("clients", 0, 0, Session.MOST_CLIENTS);
        int minutes = body.number("minutes", Session.USUAL_MINUTES, 0, Session.MOST_MINUTES);
        Session fresh = Session.fresh(
                name,
                image,
                version,
                TaskJson.disks(body),
                clients,
                minutes,
                request.caller().name(),
                request.now());
        Session added = KeptOr.problem(sessions.add(fresh), "choose another name, or firstlight session cancel");
        acts.record(request, "session.create", List.of(), words(added));
        return Answer.created(view(added, request.now()));
    }

    /** 409 for one that has begun or ended, or that nobody is in. */
    private Answer start(Request request) throws ApiProblem {
        Session session = session(request);
        List<Long> members = reached(session, request);
        Session started =
                KeptOr.problem(sessions.start(session.id(), request.caller().name(), request.now()), CURE);
        acts.record(request, "session.start", members, words(started));
        return Answer.ok(view(started, request.now()));
    }

    /** Its members' work is cancelled with it. 409 when it has ended. */
    private Answer cancel(Request request) throws ApiProblem {
        Session session = session(request);
        List<Long> members = reached(session, request);
        Session cancelled =
                KeptOr.problem(sessions.cancel(session.id(), request.caller().name(), request.now()), CURE);
        acts.record(request, "session.cancel", members, words(cancelled));
        return Answer.ok(view(cancelled, request.now()));
    }

    /** Its members that have not ended; a technician must reach all of them. One that waits for its first is its maker's. */
    private List<Long> reached(Session session, Request request) throws ApiProblem {
        List<Long> members = sessions.members(session.id()).stream()
                .filter(Work::isOpen)
                .map(Work::device)
                .toList();
        Caller caller = request.caller();
        if (members.isEmpty() && caller.isLimited() && !session.createdBy().equals(caller.name())) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN,
                    session.describe() + " has no members that go on and was made by " + session.createdBy(),
                    "ask them, or an administrator");
        }
        for (long member : members) {
            Optional<Device> device = finder.find(Long.toString(member));
            if (device.isPresent()) {
                finder.reached(device.get(), caller);
            }
        }
        return members;
    }

    /** This server's own; nothing of those that another server of the site sends. */
    private void streams(long session, ArrayNode into) {
        for (Streams.View view : streams.map(all -> all.views(session)).orElse(List.of())) {
            StreamSender.Standing standing = view.stream();
            ObjectNode stream = into.addObject()
                    .put("group", view.group())
                    .put("state", standing.state())
                    .put("bytesPerSecond", (long) standing.rate())
                    .put("packets", standing.symbols())
                    .put("parity", standing.parity())
                    .put("wanted", standing.wanted());
            ArrayNode members = stream.putArray("members");
            view.members()
                    .forEach((device, member) -> members.addObject()
                            .put("device", device)
                            .put("lacking", member.lacking())
                            .put("loss", Math.round(member.loss() * 1000) / 1000.0)
                            .put("state", member.state()));
        }
    }

    private static String name(Body body) throws ApiProblem {
        String name = body.text("name");
        if (name.length() > Session.LONGEST_NAME
                || name.chars().anyMatch(Character::isISOControl)
                || name.contains("/") // it would be two parts of a path
                || name.matches("\\d+")) {
            throw body.wrong(
                    "name",
                    name,
                    "at most " + Session.LONGEST_NAME + " printable characters without a slash, not a number alone");
        }
        return name;
    }

    private Session session(Request request) throws ApiProblem {
        String text = request.variable("session");
        return sessions.find(text).orElseThrow(() -> ApiProblem.notFound("there is no session '" + text + "'", CURE));
    }

    private static String words(Session session) {
        return session.describe() + ": " + session.restore().words()
                + (session.outcome().isEmpty() ? "" : " (" + session.outcome() + ")");
    }

    /** By its last question: an engine that waits asks every few seconds. */
    private static boolean isThere(Work work, Instant now) {
        return work.state() == WorkState.QUEUED && Turns.waits(work, now);
    }

    /** What a person wants to know of a member: is its PC there? */
    private static String state(Work work, Instant now) {
        return isThere(work, now) ? "waiting" : Words.of(work.state());
    }

    private ObjectNode view(Session session, Instant now) {
        Roster roster = sessions.roster(session.id(), now);
        ObjectNode node = Json.object()
                .put("session", session.id())
                .put("name", session.name())
                .put("image", session.image())
                .put("version", session.version());
        node.set("disks", Json.texts(session.disks()));
        node.put("clients", session.clients())
                .put("minutes", session.minutes())
                .put("state", Words.of(session.state()))
                .put("waiting", roster.waiting())
                .put("open", roster.open())
                .put("transport", streams.isPresent() ? "multicast" : "unicast")
                .put("createdBy", session.createdBy())
                .put("created", session.created().toString());
        if (session.state() == SessionState.WAITING) {
            node.put("words", session.waitsFor(roster));
            session.deadline().ifPresent(at -> node.put("startsAt", at.toString()));
        } else {
            node.put("words", session.outcome());
        }
        session.started().ifPresent(at -> node.put("started", at.toString()));
        session.ended().ifPresent(at -> node.put("ended", at.toString()));
        return node;
    }
}
