package firstlight.server.api;

import firstlight.policy.Device;
import firstlight.policy.access.Confirmation;
import firstlight.policy.access.Confirmations;
import firstlight.server.access.Access;
import firstlight.server.access.Caller;
import firstlight.server.access.Permission;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** {@code /confirmations}: what waits for a second person, and that person's answer. */
final class ConfirmationRoutes {
    private static final String CURE = "see firstlight work confirmations";

    private final Confirmations confirmations;
    private final Access access;
    private final Acts acts;
    private final DeviceFinder finder;
    private final Supplier<Router> router;

    /** @param router of the API that these routes are part of: not there yet when they are made */
    ConfirmationRoutes(
            Confirmations confirmations, Access access, Acts acts, DeviceFinder finder, Supplier<Router> router) {
        this.confirmations = confirmations;
        this.access = access;
        this.finder = finder;
        this.acts = acts;
        this.router = router;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/confirmations", Permission.SEE, this::list).query("limit"),
                Route.get("/confirmations/{confirmation}", Permission.SEE, this::show),
                Route.post("/confirmations/{confirmation}/confirm", Permission.ACT, this::confirm),
                Route.post("/confirmations/{confirmation}/refuse", Permission.ACT, this::refuse));
    }

    /** Newest first, decided ones among them. */
    private Answer list(Request request) throws ApiProblem {
        return Answer.ok(Json.items(confirmations.list(request.limit(100, 1000)), ConfirmationRoutes::view));
    }

    /** With all that was asked for: words alone leave out what a script says. */
    private Answer show(Request request) throws ApiProblem {
        Confirmation confirmation = confirmation(request);
        ObjectNode node = view(confirmation);
        node.set("request", HeldRequest.parse(confirmation.request()).view());
        return Answer.ok(node);
    }

    /** Does what was asked for, as the one who asked. 403 for that one and for a token, 409 for what was decided or has changed meanwhile. */
    private Answer confirm(Request request) throws ApiProblem, IOException {
        Confirmation held = held(request);
        HeldRequest asked = HeldRequest.parse(held.request());
        if (request.caller().byToken()) { // an administrator makes one of any user
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN, "a token is a program's, and no second person", "sign in for that");
        }
        if (asked.user()
                == request.caller().user()) { // names are not enough: a user may be called as the command line is
            throw ApiProblem.of(ProblemKind.FORBIDDEN, "you asked for this yourself", "another person must confirm it");
        }
        Router.Found found = router.get().find(asked.method(), asked.segments());
        Caller asker = access.again(asked.user(), asked.from(), request.now())
                .orElseThrow(() -> ApiProblem.conflict(
                        "'" + held.who() + "' is not a user any more", "refuse it, and ask for it yourself"));
        // Both must be allowed to: the one who asked now as well as then, and the one who says yes.
        Router.admit(found.route(), Optional.of(asker));
        Router.admit(found.route(), request.asker());
        within(held, request.caller());
        Request again = asked.again(request, found, asker, held.devices());
        // Decided before it is done: of two who confirm at once one goes on, and it is done once.
        decide(held, Confirmation.State.CONFIRMED, request);
        acts.record(
                request,
                held.action() + ".confirmed",
                held.devices(),
                asked.words() + " (confirmation " + held.id() + ", asked for by " + held.who() + ")");
        try {
            router.get().answer(found.route(), again);
        } catch (ApiProblem | IOException | RuntimeException failed) {
            // Nothing was changed: whoever mends the cause need not ask for it anew, and who does not want it any more
            // can refuse it.
            confirmations.holdAgain(held.id());
            acts.record(
                    request,
                    held.action() + ".failed",
                    held.devices(),
                    "confirmation " + held.id() + ": " + failed.getMessage());
            throw failed;
        }
        return Answer.ok(view(confirmations.find(held.id()).orElseThrow()));
    }

    /** Taking one's own request back is fine. */
    private Answer refuse(Request request) throws ApiProblem {
        Confirmation held = held(request);
        if (HeldRequest.parse(held.request()).user() != request.caller().user()) {
            within(held, request.caller());
        }
        Confirmation refused = decide(held, Confirmation.State.REFUSED, request);
        acts.record(
                request,
                held.action() + ".refused",
                held.devices(),
                HeldRequest.parse(held.request()).words() + " (confirmation " + held.id() + ")");
        return Answer.ok(view(refused));
    }

    /** Whose reach is some groups has a say in what is done to their devices, and to no others. */
    private void within(Confirmation held, Caller caller) throws ApiProblem {
        if (!caller.isLimited()) {
            return;
        }
        // Rules, schedules and policies stay: they are for whoever comes into their groups later.
        if (held.devices().isEmpty() || !held.action().startsWith("work.")) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN, "this is about more than devices of your groups", "ask an administrator");
        }
        for (long member : held.devices()) {
            Optional<Device> device = finder.find(Long.toString(member)); // nothing is done to one that is gone
            if (device.isPresent()) {
                finder.reached(device.get(), caller);
            }
        }
    }

    private Confirmation confirmation(Request request) throws ApiProblem {
        long number = request.number("confirmation", "confirmation", CURE);
        return confirmations
                .find(number)
                .orElseThrow(() -> ApiProblem.notFound("there is no confirmation " + number, CURE));
    }

    /** @throws ApiProblem 404, or 409 when it was decided already */
    private Confirmation held(Request request) throws ApiProblem {
        Confirmation confirmation = confirmation(request);
        if (confirmation.state() != Confirmation.State.HELD) {
            throw ApiProblem.conflict(
                    "confirmation " + confirmation.id() + " was " + Words.of(confirmation.state()) + " by "
                            + confirmation.decidedBy(),
                    "");
        }
        return confirmation;
    }

    private Confirmation decide(Confirmation held, Confirmation.State state, Request request) throws ApiProblem {
        return confirmations
                .decide(held.id(), state, request.caller().name())
                .orElseThrow(() -> ApiProblem.conflict("somebody was faster", CURE));
    }

    /** Without the request, which may hold scripts of any length. */
    static ObjectNode view(Confirmation confirmation) {
        HeldRequest request = HeldRequest.parse(confirmation.request());
        return Json.object()
                .put("confirmation", confirmation.id())
                .put("at", confirmation.at().toString())
                .put("who", confirmation.who())
                .put("action", confirmation.action())
                .put("words", request.words())
                .put("devices", confirmation.devices().size())
                .put("state", Words.of(confirmation.state()))
                .put("decidedBy", confirmation.decidedBy());
    }
}
