package firstlight.server.api;

import firstlight.database.DeviceStore;
import firstlight.database.Kept;
import firstlight.database.PolicyStore;
import firstlight.database.WorkStore;
import firstlight.model.Scripts;
import firstlight.policy.Device;
import firstlight.policy.RuleTrial;
import firstlight.policy.level.Level;
import firstlight.policy.rule.Condition;
import firstlight.policy.rule.FactValues;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.rule.Truth;
import firstlight.policy.work.Task;
import firstlight.server.access.Permission;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rules}: conditions with work; trying one over all known devices does nothing. */
final class RuleRoutes {
    private static final String CURE = "see firstlight rule list";

    private final PolicyStore records;
    private final WorkStore works;
    private final DeviceStore devices;
    private final LevelText levels;
    private final TaskJson tasks;
    private final Acts acts;
    private final Exposures exposures;

    RuleRoutes(
            PolicyStore records,
            WorkStore works,
            DeviceStore devices,
            LevelText levels,
            TaskJson tasks,
            Acts acts,
            Exposures exposures) {
        this.exposures = exposures;
        this.records = records;
        this.works = works;
        this.devices = devices;
        this.levels = levels;
        this.tasks = tasks;
        this.acts = acts;
    }

    private static final String[] FIELDS = {
        "level", "position", "name", "enabled", "when", "task", "repeat", "kernelArguments"
    };

    List<Route> routes() {
        return List.of(
                Route.get("/rules", Permission.SEE, this::list).query("level"),
                Route.post("/rules", Permission.ACT, this::add).fields(FIELDS),
                Route.post("/rules/test", Permission.SEE, this::test).fields("when", "rule", "level"),
                Route.get("/rules/{rule}", Permission.SEE, this::show),
                Route.patch("/rules/{rule}", Permission.ACT, this::change).fields(FIELDS),
                Route.delete("/rules/{rule}", Permission.ACT, this::remove));
    }

    private Answer list(Request request) throws ApiProblem {
        Optional<String> text = request.filter("level");
        List<Rule> rules = text.isPresent()
                ? records.book().rulesAt(levels.parse(text.get(), "level"))
                : records.book().rules();
        return Answer.ok(Json.items(rules, this::view));
    }

    private Answer show(Request request) throws ApiProblem {
        return Answer.ok(view(rule(request)));
    }

    /** At the end of its level, where no position is said. 202 where it waits for a second person. */
    private Answer add(Request request) throws ApiProblem, IOException {
        Body body = request.body();
        Level level = levels.parse(body.text("level", "server"), "level");
        String when = body.text("when");
        Rule rule = checked(
                body,
                new Draft(
                        0,
                        level,
                        body.number("position", 0, 0, 100_000),
                        body.text("name"),
                        body.flag("enabled", true),
                        when,
                        tasks.read(body, "task", request.caller()),
                        body.word("repeat", Repeat.ONCE),
                        body.text("kernelArguments", ""),
                        ScriptJson.around(body, "task")));
        levels.reached(level, request.caller());
        Optional<Answer> held = hold(request, "rule.add", rule);
        if (held.isPresent()) {
            return held.get();
        }
        Rule added = KeptOr.problem(records.addRule(rule), CURE);
        acts.record(request, "rule.add", List.of(), words(added));
        return Answer.created(view(added));
    }

    /** 409 where somebody else changed it meanwhile. With a task come its scripts: one that is named without has none afterwards. */
    private Answer change(Request request) throws ApiProblem, IOException {
        Body body = request.body();
        Rule old = rule(request);
        Level level = body.has("level") ? levels.parse(body.text("level"), "level") : old.level();
        levels.reached(old.level(), request.caller());
        levels.reached(level, request.caller());
        Rule rule = checked(
                body,
                new Draft(
                        old.id(),
                        level,
                        body.number("position", old.position(), 1, 100_000),
                        body.text("name", old.name()),
                        body.flag("enabled", old.enabled()),
                        body.text("when", old.when()),
                        body.has("task") ? tasks.read(body, "task", request.caller()) : old.task(),
                        body.word("repeat", old.repeat()),
                        body.node().has("kernelArguments") ? body.text("kernelArguments", "") : old.kernelArguments(),
                        body.has("task") ? ScriptJson.around(body, "task") : old.scripts()));
        Optional<Answer> held = hold(request, "rule.change", rule);
        if (held.isPresent()) {
            return held.get();
        }
        WorkStore.TakenBack<Rule> made = givesTheSame(old, rule)
                ? new WorkStore.TakenBack<>(records.changeRule(old, rule), 0)
                : works.withdraw(old.id(), request.now(), () -> records.changeRule(old, rule));
        Rule changed = KeptOr.problem(made.kept(), "see what it is now, and change it again");
        acts.record(request, "rule.change", List.of(), words(changed) + takenBack(made.works()));
        return Answer.ok(view(changed).put("takenBack", made.works()));
    }

    /** Else what it gave and nobody has begun goes back: each of hundreds of PCs that wait for their turn would still get the wrong image. */
    private static boolean givesTheSame(Rule old, Rule changed) {
        return (changed.enabled() || !old.enabled())
                && changed.level().equals(old.level())
                && changed.when().equals(old.when())
                && changed.task().equals(old.task())
                && changed.repeat() == old.repeat()
                && changed.scripts().equals(old.scripts());
    }

    private static String takenBack(int works) {
        return works == 0 ? "" : "; what it gave and nobody had begun is taken back: " + works;
    }

    /** Held as well: without it a destructive rule behind it may count. */
    private Answer remove(Request request) throws ApiProblem {
        Rule rule = rule(request);
        levels.reached(rule.level(), request.caller());
        String uncovers = words(rule) + ", to be removed: the rules behind it count then";
        Acts.asConfirmed(request, uncovers);
        List<Long> concerned =
                acts.mayHold(request) ? exposures.by(records.book().without(rule.id())) : List.of();
        Optional<Answer> held = acts.hold(request, "rule.remove", concerned, uncovers);
        if (held.isPresent()) {
            return held.get();
        }
        WorkStore.TakenBack<Long> gone = works.withdraw(
                rule.id(),
                request.now(),
                () -> records.removeRule(rule.id()) ? new Kept.Done<>(rule.id()) : new Kept.Gone<>());
        acts.record(request, "rule.remove", List.of(), words(rule) + takenBack(gone.works()));
        return Answer.ok(Json.object().put("takenBack", gone.works()));
    }

    /** A rule with destructive work concerns all devices that would match it now or might; any rule those for which another one counts then. */
    private Optional<Answer> hold(Request request, String action, Rule rule) throws ApiProblem {
        // Words, not numbers: a rule that was changed since it was confirmed is another rule.
        Acts.asConfirmed(request, words(rule));
        Acts.sameGroups(request, LevelText.groups(rule.level()));
        if (!acts.mayHold(request)) {
            return Optional.empty();
        }
        Set<Long> concerned = new LinkedHashSet<>(exposures.by(records.book().with(rule)));
        if (rule.enabled() && (rule.task().isDestructive() || !rule.scripts().isEmpty())) {
            below(rule.level()).stream()
                    .filter(device -> rule.condition().evaluate(FactValues.of(device.facts())) != Truth.FALSE)
                    .map(Device::id)
                    .forEach(concerned::add);
        }
        return acts.hold(request, action, concerned, words(rule), LevelText.groups(rule.level()));
    }

    /** Nothing is changed, so who may see may try. */
    private Answer test(Request request) throws ApiProblem {
        Body body = request.body();
        boolean known = body.has("rule");
        if (known == body.has("when")) {
            throw ApiProblem.missing(known ? "either 'rule' or 'when', not both" : "when");
        }
        Level level;
        Condition condition;
        if (known) {
            long number = body.number("rule", 0, 1, Integer.MAX_VALUE);
            Rule rule = find(number);
            level = rule.level();
            condition = rule.condition();
        } else {
            level = levels.parse(body.text("level", "server"), "level");
            condition = condition(body, "when", body.text("when"));
        }
        RuleTrial trial =
                RuleTrial.of(condition, level, devices.all(), records.book().groups());
        ObjectNode node = Json.object()
                .put("devices", trial.matching().size() + trial.unknown().size() + trial.others());
        node.set("match", names(trial.matching()));
        node.set("unknown", names(trial.unknown()));
        return Answer.ok(node);
    }

    private static JsonNode names(List<Device> devices) {
        return Json.texts(devices.stream().map(Device::name).toList());
    }

    /** The devices that have this level's rules. */
    private List<Device> below(Level level) {
        return devices.all().stream()
                .filter(device -> RuleTrial.isAt(level, device, records.book().groups()))
                .toList();
    }

    /** The fields of a rule before its condition is read. */
    private record Draft(
            long id,
            Level level,
            int position,
            String name,
            boolean enabled,
            String when,
            Task task,
            Repeat repeat,
            String kernelArguments,
            Scripts scripts) {}

    /** @throws ApiProblem 422 for the condition, or for what a rule refuses to be */
    private static Rule checked(Body body, Draft draft) throws ApiProblem {
        Condition condition = condition(body, "when", draft.when);
        try {
            return new Rule(
                    draft.id,
                    draft.level,
                    draft.position,
                    draft.name,
                    draft.enabled,
                    draft.when,
                    condition,
                    draft.task,
                    draft.repeat,
                    draft.kernelArguments,
                    draft.scripts);
        } catch (IllegalArgumentException e) {
            throw ApiProblem.notAllowed("name", String.valueOf(e.getMessage()), "");
        }
    }

    private static Condition condition(Body body, String field, String text) throws ApiProblem {
        try {
            return Condition.parse(text);
        } catch (InvalidCondition e) {
            throw ApiProblem.notAllowed(body.name(field), e.about(text), "docs/policy.md has the language");
        }
    }

    private Rule rule(Request request) throws ApiProblem {
        return find(request.number("rule", "rule", CURE));
    }

    private Rule find(long number) throws ApiProblem {
        return records.book().rules().stream()
                .filter(rule -> rule.id() == number)
                .findFirst()
                .orElseThrow(() -> ApiProblem.notFound("there is no rule " + number, CURE));
    }

    /** For the audit log and for who confirms: all that it does, and where. */
    private String words(Rule rule) {
        return (rule.id() == 0 ? "rule '" + rule.name() + "'" : rule.describe()) + " at " + levels.of(rule.level())
                + ": when " + rule.when() + " then " + rule.task().words()
                + rule.scripts().words() + (rule.enabled() ? "" : " (off)");
    }

    private ObjectNode view(Rule rule) {
        ObjectNode node = Json.object()
                .put("rule", rule.id())
                .put("level", levels.of(rule.level()))
                .put("position", rule.position())
                .put("name", rule.name())
                .put("enabled", rule.enabled())
                .put("when", rule.when());
        node.set("task", TaskJson.view(rule.task(), rule.scripts()));
        return node.put("words", rule.task().words() + rule.scripts().words())
                .put("repeat", Words.of(rule.repeat()))
                .put("kernelArguments", rule.kernelArguments());
    }
}
