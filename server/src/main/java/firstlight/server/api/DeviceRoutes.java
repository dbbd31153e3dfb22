package firstlight.server.api;

import firstlight.database.DeviceStore;
import firstlight.database.Kept;
import firstlight.database.PolicyStore;
import firstlight.model.FactName;
import firstlight.policy.Device;
import firstlight.policy.EffectivePolicy;
import firstlight.policy.IdentityKey;
import firstlight.policy.Registration;
import firstlight.policy.Settings;
import firstlight.policy.level.Group;
import firstlight.policy.rule.Condition;
import firstlight.policy.rule.FactValues;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Truth;
import firstlight.server.access.Permission;
import firstlight.server.work.WakeOnLan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /devices}: the PCs. */
final class DeviceRoutes {
    private final DeviceStore devices;
    private final PolicyStore records;
    private final DeviceFinder finder;
    private final DeviceSelection selection;
    private final Settings settings;
    private final Views views;
    private final Acts acts;
    private final Exposures exposures;
    private final WakeOnLan wakeOnLan;

    DeviceRoutes(
            DeviceStore devices,
            PolicyStore records,
            DeviceFinder finder,
            DeviceSelection selection,
            Settings settings,
            Views views,
            Acts acts,
            Exposures exposures,
            WakeOnLan wakeOnLan) {
        this.exposures = exposures;
        this.devices = devices;
        this.records = records;
        this.finder = finder;
        this.selection = selection;
        this.settings = settings;
        this.views = views;
        this.acts = acts;
        this.wakeOnLan = wakeOnLan;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/devices", Permission.SEE, this::list)
                        .query("text", "group", "registration", "when", "limit", "after"),
                Route.get("/devices/{device}", Permission.SEE, this::show),
                Route.patch("/devices/{device}", Permission.ACT, this::change).fields("name", "group", "note"),
                Route.delete("/devices/{device}", Permission.ACT, this::remove),
                Route.post("/devices/wake", Permission.ACT, this::wake).fields("devices", "group"),
                Route.post("/devices/approve", Permission.ACT, this::approve).fields("devices", "group"));
    }

    /** All filters together must hold. {@code when} is a condition as of a rule; devices of which it is not known are left out. */
    private Answer list(Request request) throws ApiProblem {
        Predicate<Device> wanted = device -> true;
        Optional<String> text = request.query("text").map(each -> each.toLowerCase(Locale.ROOT));
        if (text.isPresent()) {
            wanted = wanted.and(device -> shows(device, text.get()));
        }
        Optional<Registration> registration = request.word("registration", Registration.class);
        if (registration.isPresent()) {
            wanted = wanted.and(device -> device.registration() == registration.get());
        }
        Optional<String> group = request.filter("group");
        if (group.isPresent()) {
            Set<Long> below = group.get().equals("none") ? Set.of(Group.NONE) : selection.groupsBelow(group.get());
            wanted = wanted.and(device -> below.contains(device.group()));
        }
        Optional<String> when = request.filter("when");
        if (when.isPresent()) {
            Condition condition = condition(when.get());
            wanted = wanted.and(device -> condition.evaluate(FactValues.of(device.facts())) == Truth.TRUE);
        }
        return Page.of(
                request,
                devices.all().stream().filter(wanted).toList(),
                device -> device.name().toLowerCase(Locale.ROOT),
                views::device);
    }

    private static Condition condition(String text) throws ApiProblem {
        try {
            return Condition.parse(text);
        } catch (InvalidCondition e) {
            throw ApiProblem.notAllowed("when", e.about(text), "docs/policy.md has the language");
        }
    }

    /** @param text in small letters */
    private static boolean shows(Device device, String text) {
        return device.name().toLowerCase(Locale.ROOT).contains(text)
                || device.note().toLowerCase(Locale.ROOT).contains(text)
                || device.facts().values().entrySet().stream()
                        .filter(fact -> SEARCHED.contains(fact.getKey()))
                        .flatMap(fact -> fact.getValue().stream())
                        .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains(text));
    }

    // What is on a PC's label, or on its first screen.
    private static final Set<FactName> SEARCHED = Set.of(
            FactName.MAC, FactName.MANUFACTURER, FactName.MODEL, FactName.SERIAL, FactName.ASSET_TAG, FactName.UUID);

    /** With the marks that recognise it, and the values that count for it. */
    private Answer show(Request request) throws ApiProblem {
        Device device = finder.one(request.variable("device"));
        ObjectNode node = views.device(device);
        ArrayNode marks = node.putArray("marks");
        Set<IdentityKey> shown = IdentityKey.of(device.facts());
        shown.forEach(mark -> marks.add(mark(mark, "its facts")));
        device.marks().stream()
                .filter(mark -> !shown.contains(mark))
                .forEach(mark -> marks.add(mark(mark, "a person's answer")));
        node.set("values", ValuesJson.view(device.values()));
        node.set("effective", PolicyRoutes.effective(EffectivePolicy.of(device, records.book(), settings)));
        return Answer.ok(node);
    }

    private static ObjectNode mark(IdentityKey mark, String from) {
        return Json.object()
                .put("kind", Words.of(mark.kind()))
                .put("value", mark.value())
                .put("from", from);
    }

    /** A MAC that nobody knows yet is registered under the name. */
    private Answer change(Request request) throws ApiProblem {
        Body body = request.body();
        Device device = finder.oneOrMac(request.variable("device"), request.caller(), request.now());
        Optional<String> name = body.optional("name");
        if (name.isPresent() && !Device.isName(name.get())) {
            throw body.wrong(
                    "name",
                    name.get(),
                    "a computer name: up to 63 letters, digits and hyphens, not digits alone, no hyphen at the ends");
        }
        Optional<Long> group = Optional.empty();
        if (body.node().has("group")) {
            long wanted = body.optional("group").isEmpty()
                    ? Group.NONE
                    : selection.group(body, "group").id();
            if (request.caller().isLimited() && !finder.reachesGroup(request.caller(), wanted)) {
                throw ApiProblem.of(ProblemKind.FORBIDDEN, "that group is not one of yours", "ask an administrator");
            }
            group = Optional.of(wanted);
        }
        Optional<String> note = body.node().has("note") ? Optional.of(body.text("note", "")) : Optional.empty();
        if (note.isPresent() && note.get().length() > 1000) {
            throw body.unfit("note", note.get().length() + " characters long", "at most 1000");
        }
        // Before a MAC is registered: a name that is taken leaves no new device behind. The store looks again.
        if (name.isPresent() && isAnothers(name.get(), device)) {
            throw ApiProblem.conflict("another device is named '" + name.get() + "'", "choose another name");
        }
        Device kept = finder.registered(device);
        Optional<Long> chosen = group;
        Device changed = KeptOr.problem(
                devices.change(
                        kept.id(),
                        each -> (name.isPresent() ? each.withName(name.get()) : each)
                                .withGroup(chosen.orElse(each.group()))
                                .withNote(note.orElse(each.note()))),
                "choose another name");
        acts.record(request, "device.change", List.of(changed.id()), "'" + kept.name() + "': " + body.node());
        return Answer.ok(views.device(changed));
    }

    private boolean isAnothers(String name, Device device) {
        return devices.find(name).stream()
                .anyMatch(other -> other.id() != device.id() && other.name().equalsIgnoreCase(name));
    }

    /** If it boots again it is a new device. */
    private Answer remove(Request request) throws ApiProblem {
        Device device = finder.reached(finder.one(request.variable("device")), request.caller());
        List<String> off = devices.schedulesOnlyFor(device.id());
        String schedules = off.isEmpty()
                ? ""
                : "; nothing is left for " + (off.size() == 1 ? "schedule '" : "schedules '") + String.join("', '", off)
                        + "', now off";
        acts.record(request, "device.remove", List.of(device.id()), "'" + device.name() + "'" + schedules);
        devices.remove(device.id());
        return Answer.nothing();
    }

    /** Those to which a packet was sent; whether they wake nobody knows. */
    private Answer wake(Request request) throws ApiProblem {
        List<Device> chosen = selection.read(request.body(), request.caller(), request.now());
        List<Device> woken = chosen.stream()
                .filter(device -> device.id() != 0 && wakeOnLan.wake(device.facts()) > 0)
                .toList();
        return Answer.ok(Json.items(woken, views::device));
    }

    /** Those named, or all that wait in a group; without either, all that wait. */
    private Answer approve(Request request) throws ApiProblem {
        Body body = request.body();
        boolean named = body.has("devices") || body.has("group");
        List<Device> chosen = named
                ? selection.read(body, request.caller(), request.now())
                : devices.all().stream()
                        .filter(device -> device.registration() == Registration.PENDING)
                        .toList();
        finder.reached(chosen, request.caller());
        List<Long> concerned = exposures.by(
                chosen.stream().filter(device -> device.id() != 0).toList(),
                Optional::of,
                device -> device.withRegistration(Registration.REGISTERED));
        Acts.sameAsConfirmed(request, concerned);
        Optional<Answer> held = acts.hold(
                named ? request : request.with(new Body("", naming(chosen))),
                "device.approve",
                concerned,
                "approval of " + WorkRoutes.names(chosen) + ", which rules, schedules or scripts wait for");
        if (held.isPresent()) {
            return held.get();
        }
        List<Device> approved = new ArrayList<>();
        for (Device device : chosen) {
            // One that was removed meanwhile is passed over.
            if (device.id() != 0
                    && devices.change(device.id(), each -> each.withRegistration(Registration.REGISTERED))
                            instanceof Kept.Done<Device>(Device changed)) {
                approved.add(changed);
            }
        }
        acts.record(request, "device.approve", approved.stream().map(Device::id).toList(), WorkRoutes.names(approved));
        return Answer.ok(Json.items(approved, views::device));
    }

    /** All that wait, as they are when it is asked for: who comes to wait before it is confirmed was seen by nobody. */
    private ObjectNode naming(List<Device> waiting) {
        ObjectNode body = Json.object();
        // By its MAC, where that is its own, one that is gone meanwhile is passed over as one that is not known.
        body.set(
                "devices",
                Json.texts(waiting.stream()
                        .map(device -> device.facts()
                                .first(FactName.MAC)
                                .filter(mac -> devices.find(mac).stream()
                                        .map(Device::id)
                                        .toList()
                                        .equals(List.of(device.id())))
                                .orElse(device.name()))
                        .toList()));
        return body;
    }
}
