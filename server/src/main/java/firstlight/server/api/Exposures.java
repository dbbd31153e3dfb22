package firstlight.server.api;

import firstlight.database.DeviceStore;
import firstlight.database.PolicyStore;
import firstlight.database.ScheduleStore;
import firstlight.policy.Device;
import firstlight.policy.Exposure;
import firstlight.policy.RuleBook;
import firstlight.policy.Settings;
import firstlight.policy.work.Schedule;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Which devices a change brings under rules, schedules or scripts that are there already and whose work nobody can take back. */
final class Exposures {
    private final DeviceStore devices;
    private final PolicyStore records;
    private final ScheduleStore schedules;
    private final Settings settings;
    private final int confirmAbove;

    /** @param confirmAbove 0: nothing waits for a second person, and nobody asks which (each device is held against each rule) */
    Exposures(DeviceStore devices, PolicyStore records, ScheduleStore schedules, Settings settings, int confirmAbove) {
        this.devices = devices;
        this.records = records;
        this.schedules = schedules;
        this.settings = settings;
        this.confirmAbove = confirmAbove;
    }

    /**
     * With {@code after} in place of the groups and rules that are.
     *
     * @return numbers of devices
     */
    List<Long> by(RuleBook after) {
        if (confirmAbove == 0) {
            return List.of();
        }
        List<Schedule> all = schedules.all();
        RuleBook now = records.book();
        return devices.all().stream()
                .filter(device ->
                        Exposure.of(device, after, all, settings).exceeds(Exposure.of(device, now, all, settings)))
                .map(Device::id)
                .toList();
    }

    /**
     * When {@code changed} become what {@code after} makes of them; 0 for each that is new.
     *
     * @param before what one is now; empty for a new one
     */
    <T> List<Long> by(Collection<T> changed, Function<T, Optional<Device>> before, Function<T, Device> after) {
        if (confirmAbove == 0) {
            return List.of();
        }
        List<Schedule> all = schedules.all();
        RuleBook book = records.book();
        return changed.stream()
                .filter(each -> Exposure.of(after.apply(each), book, all, settings)
                        .exceeds(before.apply(each)
                                .map(device -> Exposure.of(device, book, all, settings))
                                .orElse(Exposure.NONE)))
                .map(each -> before.apply(each).map(Device::id).orElse(0L))
                .toList();
    }
}
