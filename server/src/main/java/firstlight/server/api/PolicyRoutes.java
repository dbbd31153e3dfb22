package firstlight.server.api;

import firstlight.database.DeviceStore;
import firstlight.database.PolicyStore;
import firstlight.policy.Device;
import firstlight.policy.EffectivePolicy;
import firstlight.policy.RuleBook;
import firstlight.policy.RuleTrial;
import firstlight.policy.Settings;
import firstlight.policy.level.Effective;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.server.access.Permission;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /policy/{level}}: what a level sets, what counts there, and where that comes from. */
final class PolicyRoutes {
    private static final String CURE = "see firstlight group list, firstlight device list";

    private final PolicyStore records;
    private final DeviceStore devices;
    private final LevelText levels;
    private final Settings settings;
    private final Acts acts;

    PolicyRoutes(PolicyStore records, DeviceStore devices, LevelText levels, Settings settings, Acts acts) {
        this.records = records;
        this.devices = devices;
        this.levels = levels;
        this.settings = settings;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/policy/{level}", Permission.SEE, this::show),
                Route.patch("/policy/{level}", Permission.ACT, this::change)
                        .fields(ValuesJson.KEYS.toArray(String[]::new)));
    }

    private Answer show(Request request) throws ApiProblem {
        return Answer.ok(view(levels.parse(request.variable("level"), "level")));
    }

    /** @return what the level sets and what counts there afterwards */
    private Answer change(Request request) throws ApiProblem {
        Level level = levels.parse(request.variable("level"), "level");
        levels.reached(level, request.caller());
        ValuesJson.changed(own(level), request.body()); // what is wrong with it is told before anything is done
        UnaryOperator<PolicyValues> change = values -> onto(values, request.body());
        Acts.sameGroups(request, LevelText.groups(level));
        if (request.body().has(ValuesJson.SCRIPT_BEFORE) || request.body().has(ValuesJson.SCRIPT_AFTER)) {
            // It runs at every PC of the level that gets work: as much as work by hand for all of them.
            List<Long> concerned = devices.all().stream()
                    .filter(device ->
                            RuleTrial.isAt(level, device, records.book().groups()))
                    .map(Device::id)
                    .toList();
            Optional<Answer> held = acts.hold(
                    request,
                    "policy.change",
                    concerned,
                    levels.of(level) + ": a script around all work on disks",
                    LevelText.groups(level));
            if (held.isPresent()) {
                return held.get();
            }
        }
        switch (level) {
            case Level.ServerDefault _ -> records.changeServerValues(change);
            case Level.OfGroup(long number) ->
                KeptOr.problem(
                        records.changeGroup(
                                number,
                                group -> new Group(number, group.name(), group.parent(), change.apply(group.values()))),
                        CURE);
            case Level.OfDevice(long number) ->
                KeptOr.problem(
                        devices.change(number, device -> device.withValues(change.apply(device.values()))), CURE);
        }
        List<Long> touched = level instanceof Level.OfDevice(long number) ? List.of(number) : List.of();
        acts.record(
                request,
                "policy.change",
                touched,
                levels.of(level) + ": " + request.body().node());
        return Answer.ok(view(level));
    }

    /** Upon the values as they are in the transaction: who sets others at the same time keeps them. */
    private static PolicyValues onto(PolicyValues values, Body body) {
        try {
            return ValuesJson.changed(values, body);
        } catch (ApiProblem e) {
            throw new IllegalStateException("the same body was good a moment before", e);
        }
    }

    private PolicyValues own(Level level) {
        return switch (level) {
            case Level.ServerDefault _ -> records.book().server();
            case Level.OfGroup(long group) ->
                records.book().groups().find(group).map(Group::values).orElse(PolicyValues.NONE);
            case Level.OfDevice(long device) ->
                devices.find(device).map(Device::values).orElse(PolicyValues.NONE);
        };
    }

    private ObjectNode view(Level level) {
        ObjectNode node = Json.object().put("level", levels.of(level));
        node.set("values", ValuesJson.view(own(level)));
        RuleBook book = records.book();
        node.set(
                "effective",
                effective(
                        switch (level) {
                            case Level.ServerDefault _ -> EffectivePolicy.ofNew(Group.NONE, book, settings);
                            case Level.OfGroup(long group) -> EffectivePolicy.ofNew(group, book, settings);
                            case Level.OfDevice(long number) -> {
                                Optional<Device> device = devices.find(number);
                                yield device.isPresent()
                                        ? EffectivePolicy.of(device.get(), book, settings)
                                        : EffectivePolicy.ofNew(Group.NONE, book, settings);
                            }
                        }));
        return node;
    }

    /** Each value that counts, with where it comes from. */
    static ObjectNode effective(EffectivePolicy policy) {
        ObjectNode node = Json.object();
        ObjectNode plain = ValuesJson.view(new PolicyValues(
                Optional.of(policy.menu().value()),
                Optional.of(policy.entries().value()),
                Optional.of(policy.kernelArguments().value()),
                Optional.of(policy.biosClient().value()),
                Optional.of(policy.uefiClient().value()),
                Optional.of(policy.afterWork().value()),
                Optional.of(policy.maxAttempts().value()),
                Optional.of(policy.naming().value()),
                Optional.of(policy.network().value()),
                Optional.of(policy.scriptBefore().value()),
                Optional.of(policy.scriptAfter().value())));
        List<Effective<?>> inOrder = List.of(
                policy.menu(),
                policy.entries(),
                policy.kernelArguments(),
                policy.biosClient(),
                policy.uefiClient(),
                policy.afterWork(),
                policy.maxAttempts(),
                policy.naming(),
                policy.network(),
                policy.scriptBefore(),
                policy.scriptAfter());
        for (int i = 0; i < inOrder.size(); i++) {
            String key = ValuesJson.KEYS.get(i);
            JsonNode value = plain.path(key);
            ObjectNode one = node.putObject(key);
            one.set("value", value);
            one.put("from", inOrder.get(i).from());
        }
        return node;
    }
}
