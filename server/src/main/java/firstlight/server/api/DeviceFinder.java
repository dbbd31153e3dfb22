package firstlight.server.api;

import firstlight.database.DeviceStore;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.RuleBook;
import firstlight.policy.Settings;
import firstlight.policy.access.Role;
import firstlight.policy.level.Group;
import firstlight.server.access.Caller;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** From what people call a device to the device, and whether it is within their reach. */
final class DeviceFinder {
    private static final String CURE = "see firstlight device list";

    private final DeviceStore devices;
    private final Supplier<RuleBook> book;
    private final Settings settings;

    DeviceFinder(DeviceStore devices, Supplier<RuleBook> book, Settings settings) {
        this.devices = devices;
        this.book = book;
        this.settings = settings;
    }

    /**
     * By name, number or MAC.
     *
     * @throws ApiProblem 404 for none, 409 when it could be several: a MAC address of a dock, say
     */
    Device one(String text) throws ApiProblem {
        return find(text).orElseThrow(() -> ApiProblem.notFound("there is no device '" + text + "'", CURE));
    }

    /** A MAC that nobody knows yet can be given work or a name in advance: {@link #registered} does so when all else is checked. */
    Optional<Device> find(String text) throws ApiProblem {
        List<Device> found = devices.find(text);
        if (found.size() > 1) {
            throw ApiProblem.conflict(
                    "'" + text + "' could be "
                            + String.join(
                                    " or ",
                                    found.stream().map(Device::name).sorted().toList()),
                    "name the device by its name");
        }
        return found.stream().findFirst();
    }

    /**
     * The one that is known, or a new one that would have this MAC; nothing is kept yet.
     *
     * @return number 0 for a new one
     */
    Device oneOrMac(String text, Caller caller, Instant now) throws ApiProblem {
        Optional<Device> known = find(text);
        if (known.isPresent()) {
            return reached(known.get(), caller);
        }
        try {
            Facts facts = Facts.NONE.with(FactName.MAC, MacAddress.parse(text).toString());
            if (caller.isLimited()) {
                throw ApiProblem.of(
                        ProblemKind.FORBIDDEN, "a technician may not register devices", "ask an administrator");
            }
            return Device.fresh(0, "unregistered", Registration.REGISTERED, facts, now);
        } catch (IllegalArgumentException noMac) {
            throw ApiProblem.notFound("there is no device '" + text + "'", CURE);
        }
    }

    /** Keeps what {@link #oneOrMac} made up; nobody has seen it yet. */
    Device registered(Device device) {
        if (device.id() != 0) {
            return device;
        }
        NewDevice fresh = NewDevice.in(
                Group.NONE, device.facts(), Registration.REGISTERED, Optional.empty(), "", book.get(), settings);
        return devices.enter(fresh);
    }

    /** Of one's own reach; else refused. */
    Device reached(Device device, Caller caller) throws ApiProblem {
        if (!reaches(caller, device)) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN,
                    "'" + device.name() + "' is not in a group of yours",
                    "ask an administrator");
        }
        return device;
    }

    void reached(Collection<Device> several, Caller caller) throws ApiProblem {
        for (Device device : several) {
            reached(device, caller);
        }
    }

    /** By its group, or one above it. */
    boolean reaches(Caller caller, Device device) {
        return caller.role() == Role.ADMINISTRATOR
                || (caller.role() == Role.TECHNICIAN && reachesGroup(caller, device.group()));
    }

    boolean reachesGroup(Caller caller, long group) {
        return caller.role() == Role.ADMINISTRATOR
                || book.get().groups().upwards(group).stream()
                        .anyMatch(each -> caller.groups().contains(each.id()));
    }

    /** Gone devices have no name any more. */
    String name(long device) {
        return devices.find(device).map(Device::name).orElse("device " + device);
    }
}
