package firstlight.server.api;

import firstlight.database.Kept;
import firstlight.database.PolicyStore;
import firstlight.database.WorkStore;
import firstlight.policy.Device;
import firstlight.policy.RuleBook;
import firstlight.policy.level.Group;
import firstlight.policy.level.GroupTree;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.Rule;
import firstlight.server.access.Access;
import firstlight.server.access.Permission;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** {@code /groups}: the tree. */
final class GroupRoutes {
    private static final String CURE = "see firstlight group list";

    private final PolicyStore records;
    private final WorkStore works;
    private final DeviceSelection selection;
    private final Acts acts;
    private final Exposures exposures;
    private final Access access;

    GroupRoutes(
            PolicyStore records,
            WorkStore works,
            DeviceSelection selection,
            Acts acts,
            Exposures exposures,
            Access access) {
        this.access = access;
        this.works = works;
        this.exposures = exposures;
        this.records = records;
        this.selection = selection;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/groups", Permission.SEE, this::list),
                Route.post("/groups", Permission.ADMINISTER, this::add).fields("name", "parent"),
                Route.get("/groups/{group}", Permission.SEE, this::show),
                Route.patch("/groups/{group}", Permission.ADMINISTER, this::change)
                        .fields("name", "parent"),
                Route.delete("/groups/{group}", Permission.ADMINISTER, this::remove));
    }

    /** By path. Of each, the devices in it and below, counted once for all. */
    private Answer list(Request request) {
        RuleBook book = records.book();
        List<Group> sorted = book.groups().all().stream()
                .sorted(Comparator.comparing(group -> book.groups().path(group.id())))
                .toList();
        Map<Long, Integer> devices = selection.counts(book.groups());
        return Answer.ok(Json.items(sorted, group -> view(group, book, devices.getOrDefault(group.id(), 0))));
    }

    private Answer show(Request request) throws ApiProblem {
        return Answer.ok(view(group(request), records.book()));
    }

    /** 409 where another group has the name, in whatever case. */
    private Answer add(Request request) throws ApiProblem {
        Group group =
                new Group(Group.NONE, name(request.body()), parent(request.body(), Group.NONE), PolicyValues.NONE);
        Group added = KeptOr.problem(records.addGroup(group), CURE);
        acts.record(request, "group.add", List.of(), "group " + group.name());
        return Answer.created(view(added, records.book()));
    }

    /** Another name alone is never held: rules and schedules mean a group by its number. */
    private Answer change(Request request) throws ApiProblem {
        Group old = group(request);
        Body body = request.body();
        String name = body.has("name") ? name(body) : old.name();
        Optional<Long> parent = body.node().has("parent") ? Optional.of(parent(body, old.parent())) : Optional.empty();
        Optional<Answer> held = hold(request, old, parent.orElse(old.parent()));
        if (held.isPresent()) {
            return held.get();
        }
        Group changed = KeptOr.problem(
                records.changeGroup(
                        old.id(),
                        group -> new Group(
                                old.id(),
                                body.has("name") ? name : group.name(),
                                parent.orElse(group.parent()),
                                group.values())),
                CURE);
        acts.record(
                request,
                "group.change",
                numbers(changed),
                "group " + old.name() + (name.equals(old.name()) ? "" : " is now " + name)
                        + (changed.parent() == old.parent()
                                ? ""
                                : " below " + records.book().groups().path(changed.parent())));
        ObjectNode answer = view(changed, records.book());
        if (!changed.name().equalsIgnoreCase(old.name())) {
            answer.set("stillNamedIn", Json.texts(access.rolesNaming(old.name())));
        }
        return Answer.ok(answer);
    }

    /** Below another group its devices have other rules, schedules and scripts. */
    private Optional<Answer> hold(Request request, Group old, long parent) throws ApiProblem {
        RuleBook book = records.book();
        Group moved = new Group(old.id(), old.name(), parent, old.values());
        // What the tree refuses is told by changeGroup, after this.
        if (parent == old.parent() || book.groups().refusal(moved).isPresent()) {
            return Optional.empty();
        }
        List<Long> concerned = exposures.by(book.withGroups(book.groups().with(moved)));
        Acts.sameAsConfirmed(request, concerned);
        List<Long> named = List.of(old.id(), parent);
        Acts.sameGroups(request, named);
        return acts.hold(
                request,
                "group.change",
                concerned,
                "group " + old.name() + " goes below "
                        + (parent == Group.NONE ? "no other" : book.groups().path(parent))
                        + ", where other rules, schedules or scripts count",
                named);
    }

    /** 409 while devices or groups are in it; its rules go with it, and what they gave and nobody has begun. */
    private Answer remove(Request request) throws ApiProblem {
        Group group = group(request);
        Map<Long, Integer> back = new HashMap<>();
        Supplier<Kept<Group>> removal = () -> records.removeGroup(group.id());
        for (Rule rule : records.book().rulesAt(new Level.OfGroup(group.id()))) {
            Supplier<Kept<Group>> inner = removal;
            removal = () -> {
                WorkStore.TakenBack<Group> made = works.withdraw(rule.id(), request.now(), inner);
                back.put(rule.id(), made.works());
                return made.kept();
            };
        }
        KeptOr.problem(
                removal.get(),
                "firstlight device group DEVICE GROUP moves a device, firstlight schedule delete NR removes a schedule");
        int works = back.values().stream().mapToInt(Integer::intValue).sum();
        acts.record(
                request,
                "group.remove",
                List.of(),
                "group " + group.name()
                        + (works == 0 ? "" : "; what its rules gave and nobody had begun is taken back: " + works));
        ObjectNode answer = Json.object().put("takenBack", works);
        answer.set("stillNamedIn", Json.texts(access.rolesNaming(group.name())));
        return Answer.ok(answer);
    }

    /** For the audit log: the act is found by each device that it touched. */
    private List<Long> numbers(Group group) {
        return selection.below(group.id()).stream().map(Device::id).toList();
    }

    private static String name(Body body) throws ApiProblem {
        String name = body.text("name");
        if (!Group.isName(name)) {
            throw body.wrong("name", name, "1 to 100 printable characters without a slash");
        }
        return name;
    }

    /** Null or empty: at the top. */
    private long parent(Body body, long former) throws ApiProblem {
        if (!body.node().has("parent")) {
            return former;
        }
        Optional<String> name = body.optional("parent");
        return name.isEmpty() ? Group.NONE : selection.group(body, "parent").id();
    }

    private Group group(Request request) throws ApiProblem {
        String name = request.variable("group");
        return records.book()
                .groups()
                .find(name)
                .orElseThrow(() -> ApiProblem.notFound("there is no group '" + name + "'", CURE));
    }

    private ObjectNode view(Group group, RuleBook book) {
        return view(group, book, selection.below(group.id()).size());
    }

    private static ObjectNode view(Group group, RuleBook book, int devices) {
        GroupTree tree = book.groups();
        ObjectNode node = Json.object()
                .put("name", group.name())
                .put("path", tree.path(group.id()))
                .put("parent", tree.find(group.parent()).map(Group::name).orElse(""))
                .put("devices", devices);
        node.set("values", ValuesJson.view(group.values()));
        return node;
    }
}
