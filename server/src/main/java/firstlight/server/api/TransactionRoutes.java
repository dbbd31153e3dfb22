package firstlight.server.api;

import firstlight.database.Boot;
import firstlight.database.Journal;
import firstlight.database.WorkStore;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.Explanation;
import firstlight.policy.RuleAnswer;
import firstlight.server.access.Permission;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** {@code /transactions}, {@code /events} and {@code /explain}: what happened, and what would happen now. */
final class TransactionRoutes {
    // Lines of one answer. A boot has some dozens.
    private static final int MANY = 1000;

    private final Journal journal;
    private final WorkStore works;
    private final Decisions decisions;
    private final DeviceFinder finder;
    private final Views views;

    TransactionRoutes(Journal journal, WorkStore works, Decisions decisions, DeviceFinder finder, Views views) {
        this.journal = journal;
        this.works = works;
        this.decisions = decisions;
        this.finder = finder;
        this.views = views;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/transactions", Permission.SEE, this::list).query("device", "limit"),
                Route.get("/transactions/{transaction}", Permission.SEE, this::show),
                Route.get("/events", Permission.SEE, this::events).query("transaction", "after", "limit"),
                // Answered by ApiPort itself; it stands here for its permission and the document.
                Route.get(EventStream.PATH, Permission.SEE, request -> Answer.nothing()),
                Route.get("/explain/{device}", Permission.SEE, this::explain));
    }

    /** Newest first. */
    private Answer list(Request request) throws ApiProblem {
        long device = request.filter("device").isPresent()
                ? finder.one(request.filter("device").get()).id()
                : 0;
        return Answer.ok(Json.items(journal.boots(device, request.limit(20, MANY)), views::boot));
    }

    /** With its first thousand events. */
    private Answer show(Request request) throws ApiProblem {
        String cure = "see firstlight transactions";
        long number = request.number("transaction", "transaction", cure);
        Boot boot =
                journal.boot(number).orElseThrow(() -> ApiProblem.notFound("there is no transaction " + number, cure));
        ObjectNode node = views.boot(boot);
        node.set("events", Json.array(journal.events(number, 0, MANY), views::event));
        return Answer.ok(node);
    }

    /** A negative {@code after} counts back from the newest. */
    private Answer events(Request request) throws ApiProblem {
        long after = request.query("after", 0);
        if (after < 0) {
            after = Math.max(0, journal.lastEvent() + after);
        }
        return Answer.ok(Json.items(
                journal.events(request.query("transaction", 0), after, request.limit(MANY, MANY)), views::event));
    }

    private static ObjectNode rule(RuleAnswer answer) {
        return Json.object()
                .put("rule", answer.rule().id())
                .put("name", answer.rule().name())
                .put("matches", answer.truth().name().toLowerCase(Locale.ROOT))
                .put("gives", answer.gives())
                .put("why", answer.why());
    }

    /** What the device gets when it asks now, and why. */
    private Answer explain(Request request) throws ApiProblem {
        Device device = finder.one(request.variable("device"));
        Explanation explanation = decisions.explain(device, request.now());
        ObjectNode node = Json.object();
        node.set("device", views.device(device));
        node.put("group", explanation.group());
        node.set("identity", Json.texts(explanation.identity().reasons()));
        node.set("answer", Views.firstAnswer(explanation.answer()));
        works.current(device.id(), request.now()).ifPresent(work -> node.set("work", views.work(work)));
        node.set("rules", Json.array(explanation.rules(), TransactionRoutes::rule));
        node.set("effective", PolicyRoutes.effective(explanation.policy()));
        List<Boot> boots = journal.boots(device.id(), 3);
        node.set("transactions", Json.array(boots, views::boot));
        node.set(
                "events",
                Json.array(
                        boots.isEmpty()
                                ? List.of()
                                : journal.events(boots.getFirst().id(), 0, MANY),
                        views::event));
        return Answer.ok(node);
    }
}
