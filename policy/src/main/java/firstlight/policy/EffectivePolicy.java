package firstlight.policy;

import firstlight.model.BiosClient;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.Scripts;
import firstlight.model.UefiClient;
import firstlight.model.WorkScript;
import firstlight.policy.level.AfterWork;
import firstlight.policy.level.Effective;
import firstlight.policy.level.Group;
import firstlight.policy.level.NamingPattern;
import firstlight.policy.level.NetworkSettings;
import firstlight.policy.level.PolicyValues;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The values that count for one device: of each, the nearest level that sets it. Found anew at each decision; docs/policy.md has the
 * levels and the usual values. Each {@link Effective} says as well which level it is from, for people.
 */
public record EffectivePolicy(
        Effective<MenuSetting> menu,
        Effective<List<MenuEntry>> entries,
        Effective<String> kernelArguments,
        Effective<BiosClient> biosClient,
        Effective<UefiClient> uefiClient,
        Effective<AfterWork> afterWork,
        Effective<Integer> maxAttempts,
        Effective<NamingPattern> naming,
        Effective<NetworkSettings> network,
        Effective<WorkScript> scriptBefore,
        Effective<WorkScript> scriptAfter) {
    private static final WorkScript NO_SCRIPT = new WorkScript("none", "", WorkScript.USUAL_SECONDS);

    /** Of a device that is known. */
    public static EffectivePolicy of(Device device, RuleBook book, Settings settings) {
        return of(Optional.of(device), device.group(), book, settings);
    }

    /** Of a device that is not known yet and would be put into {@code group}. */
    public static EffectivePolicy ofNew(long group, RuleBook book, Settings settings) {
        return of(Optional.empty(), group, book, settings);
    }

    private static EffectivePolicy of(Optional<Device> device, long group, RuleBook book, Settings settings) {
        Levels levels = new Levels(device, book.groups().upwards(group), book.server(), settings.values());
        return new EffectivePolicy(
                levels.nearest(PolicyValues::menu, new MenuSetting.Never()),
                levels.nearest(PolicyValues::entries, List.of()),
                levels.nearest(PolicyValues::kernelArguments, ""),
                levels.nearest(PolicyValues::biosClient, BiosClient.IPXE),
                levels.nearest(PolicyValues::uefiClient, UefiClient.IPXE),
                levels.nearest(PolicyValues::afterWork, AfterWork.REBOOT),
                levels.nearest(PolicyValues::maxAttempts, 3),
                levels.nearest(PolicyValues::naming, NamingPattern.USUAL),
                levels.nearest(PolicyValues::network, new NetworkSettings.Dhcp()),
                levels.nearest(PolicyValues::scriptBefore, NO_SCRIPT),
                levels.nearest(PolicyValues::scriptAfter, NO_SCRIPT));
    }

    /** Around work that has none of its own. */
    Scripts scripts() {
        return new Scripts(Optional.of(scriptBefore.value()), Optional.of(scriptAfter.value()));
    }

    /** The order is the rule: device, groups from the nearest upwards, server, configuration, the built-in value. */
    private record Levels(
            Optional<Device> device, List<Group> groups, PolicyValues server, PolicyValues configuration) {
        <T> Effective<T> nearest(Function<PolicyValues, Optional<T>> value, T usual) {
            if (device.isPresent()) {
                Optional<T> own = value.apply(device.get().values());
                if (own.isPresent()) {
                    return new Effective<>(own.get(), "device '" + device.get().name() + "'");
                }
            }
            for (Group group : groups) {
                Optional<T> of = value.apply(group.values());
                if (of.isPresent()) {
                    return new Effective<>(of.get(), "group '" + group.name() + "'");
                }
            }
            Optional<T> set = value.apply(server);
            if (set.isPresent()) {
                return new Effective<>(set.get(), "the server's default");
            }
            Optional<T> last = value.apply(configuration);
            return last.isPresent()
                    ? new Effective<>(last.get(), "the configuration")
                    : new Effective<>(usual, "the usual value");
        }
    }
}
