package firstlight.policy.level;

import firstlight.model.BiosClient;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.UefiClient;
import firstlight.model.WorkScript;
import java.util.List;
import java.util.Optional;

/**
 * What one level sets; what it leaves empty is the next level's to say (docs/policy.md has the table).
 *
 * @param kernelArguments of the imaging environment, one line
 * @param maxAttempts how often a device may begin the same work, 1 to 100
 * @param naming how new devices are named
 * @param network what new devices' operating systems are to have
 * @param scriptBefore runs before work on disks that has none of its own; an empty one runs nothing
 * @param scriptAfter likewise, after it
 */
public record PolicyValues(
        Optional<MenuSetting> menu,
        Optional<List<MenuEntry>> entries,
        Optional<String> kernelArguments,
        Optional<BiosClient> biosClient,
        Optional<UefiClient> uefiClient,
        Optional<AfterWork> afterWork,
        Optional<Integer> maxAttempts,
        Optional<NamingPattern> naming,
        Optional<NetworkSettings> network,
        Optional<WorkScript> scriptBefore,
        Optional<WorkScript> scriptAfter) {
    /** Leaves everything to the next level. */
    public static final PolicyValues NONE = new PolicyValues(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public PolicyValues {
        entries = entries.map(List::copyOf);
        maxAttempts.filter(times -> times < 1 || times > 100).ifPresent(times -> {
            throw new IllegalArgumentException("max-attempts must be 1 to 100, not " + times);
        });
        kernelArguments
                .filter(text -> text.chars().anyMatch(Character::isISOControl))
                .ifPresent(text -> {
                    throw new IllegalArgumentException("kernel-arguments must be one line");
                });
    }

    public PolicyValues withMenu(Optional<MenuSetting> value) {
        return new PolicyValues(
                value,
                entries,
                kernelArguments,
                biosClient,
                uefiClient,
                afterWork,
                maxAttempts,
                naming,
                network,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withEntries(Optional<List<MenuEntry>> value) {
        return new PolicyValues(
                menu,
                value,
                kernelArguments,
                biosClient,
                uefiClient,
                afterWork,
                maxAttempts,
                naming,
                network,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withKernelArguments(Optional<String> value) {
        return new PolicyValues(
                menu,
                entries,
                value,
                biosClient,
                uefiClient,
                afterWork,
                maxAttempts,
                naming,
                network,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withBiosClient(Optional<BiosClient> value) {
        return new PolicyValues(
                menu,
                entries,
                kernelArguments,
                value,
                uefiClient,
                afterWork,
                maxAttempts,
                naming,
                network,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withUefiClient(Optional<UefiClient> value) {
        return new PolicyValues(
                menu,
                entries,
                kernelArguments,
                biosClient,
                value,
                afterWork,
                maxAttempts,
                naming,
                network,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withAfterWork(Optional<AfterWork> value) {
        return new PolicyValues(
                menu,
                entries,
                kernelArguments,
                biosClient,
                uefiClient,
                value,
                maxAttempts,
                naming,
                network,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withMaxAttempts(Optional<Integer> value) {
        return new PolicyValues(
                menu,
                entries,
                kernelArguments,
                biosClient,
                uefiClient,
                afterWork,
                value,
                naming,
                network,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withNaming(Optional<NamingPattern> value) {
        return new PolicyValues(
                menu,
                entries,
                kernelArguments,
                biosClient,
                uefiClient,
                afterWork,
                maxAttempts,
                value,
                network,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withNetwork(Optional<NetworkSettings> value) {
        return new PolicyValues(
                menu,
                entries,
                kernelArguments,
                biosClient,
                uefiClient,
                afterWork,
                maxAttempts,
                naming,
                value,
                scriptBefore,
                scriptAfter);
    }

    public PolicyValues withScriptBefore(Optional<WorkScript> value) {
        return new PolicyValues(
                menu,
                entries,
                kernelArguments,
                biosClient,
                uefiClient,
                afterWork,
                maxAttempts,
                naming,
                network,
                value,
                scriptAfter);
    }

    public PolicyValues withScriptAfter(Optional<WorkScript> value) {
        return new PolicyValues(
                menu,
                entries,
                kernelArguments,
                biosClient,
                uefiClient,
                afterWork,
                maxAttempts,
                naming,
                network,
                scriptBefore,
                value);
    }
}
