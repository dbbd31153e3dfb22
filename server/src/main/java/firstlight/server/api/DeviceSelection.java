package firstlight.server.api;

import firstlight.database.DeviceStore;
import firstlight.model.FactName;
import firstlight.policy.Device;
import firstlight.policy.RuleBook;
import firstlight.policy.level.Group;
import firstlight.policy.level.GroupTree;
import firstlight.server.access.Caller;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The fields {@code devices} and {@code group} of a request: what it is about. All of it is in the caller's reach, or nothing is done. */
final class DeviceSelection {
    private final DeviceStore devices;
    private final DeviceFinder finder;
    private final Supplier<RuleBook> book;

    DeviceSelection(DeviceStore devices, DeviceFinder finder, Supplier<RuleBook> book) {
        this.devices = devices;
        this.finder = finder;
        this.book = book;
    }

    /**
     * Those that are known once each; those that are not registered come last, with number 0.
     *
     * @throws ApiProblem for one that nobody knows, that the caller does not reach, and for none at all
     */
    List<Device> read(Body body, Caller caller, Instant now) throws ApiProblem {
        Map<String, Device> chosen = new LinkedHashMap<>();
        for (String text : body.texts("devices")) {
            Device device = finder.oneOrMac(text, caller, now);
            // one that is not registered is known by its address alone, which may be written in several ways
            chosen.put(device.id() + " " + device.facts().first(FactName.MAC).orElse(""), device);
        }
        Map<Long, Device> byNumber = new LinkedHashMap<>();
        chosen.values().stream()
                .filter(device -> device.id() != 0)
                .forEach(device -> byNumber.put(device.id(), device));
        if (body.has("group")) {
            Group group = group(body, "group");
            below(group.id()).forEach(device -> byNumber.put(device.id(), device));
            finder.reached(byNumber.values(), caller);
        }
        List<Device> all = new ArrayList<>(byNumber.values());
        chosen.values().stream().filter(device -> device.id() == 0).forEach(all::add);
        if (all.isEmpty()) {
            throw body.has("group")
                    ? ApiProblem.notAllowed(
                            "group",
                            "there is no device in group '" + body.text("group") + "'",
                            "firstlight device group DEVICE GROUP puts one into it")
                    : ApiProblem.missing("devices");
        }
        return all;
    }

    /** @throws ApiProblem 422: it is a value of the body, not what the path names */
    Group group(Body body, String field) throws ApiProblem {
        String name = body.text(field);
        return book.get()
                .groups()
                .find(name)
                .orElseThrow(() -> ApiProblem.notAllowed(
                        body.name(field), "there is no group '" + name + "'", "see firstlight group list"));
    }

    /** That group and those below it. */
    Set<Long> groupsBelow(String name) throws ApiProblem {
        Group group = book.get()
                .groups()
                .find(name)
                .orElseThrow(() -> ApiProblem.notAllowed(
                        "group", "there is no group '" + name + "'", "see firstlight group list"));
        return book.get().groups().downwards(group.id());
    }

    /** In that group and in those below it. */
    List<Device> below(long group) {
        Set<Long> groups = book.get().groups().downwards(group);
        return devices.all().stream()
                .filter(device -> groups.contains(device.group()))
                .sorted(Comparator.comparing(Device::name))
                .toList();
    }

    /** How many devices are in each group and in those below it, by one look at each device. */
    Map<Long, Integer> counts(GroupTree groups) {
        Map<Long, Integer> counts = new HashMap<>();
        for (Device device : devices.all()) {
            groups.upwards(device.group()).forEach(group -> counts.merge(group.id(), 1, Integer::sum));
        }
        return counts;
    }
}
