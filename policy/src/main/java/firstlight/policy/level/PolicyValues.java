package firstlight.policy.level;

import firstlight.model.BiosClient;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.UefiClient;
import firstlight.model.WorkScript;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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

    /** These values with what {@code change} puts in their place. */
    public PolicyValues with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.values();
    }

    public Draft draft() {
        return new Draft(this);
    }

    /** Values that are being put together; belongs to one method. */
    public static final class Draft {
        public Optional<MenuSetting> menu;
        public Optional<List<MenuEntry>> entries;
        public Optional<String> kernelArguments;
        public Optional<BiosClient> biosClient;
        public Optional<UefiClient> uefiClient;
        public Optional<AfterWork> afterWork;
        public Optional<Integer> maxAttempts;
        public Optional<NamingPattern> naming;
        public Optional<NetworkSettings> network;
        public Optional<WorkScript> scriptBefore;
        public Optional<WorkScript> scriptAfter;

        private Draft(PolicyValues from) {
            menu = from.menu;
            entries = from.entries;
            kernelArguments = from.kernelArguments;
            biosClient = from.biosClient;
            uefiClient = from.uefiClient;
            afterWork = from.afterWork;
            maxAttempts = from.maxAttempts;
            naming = from.naming;
            network = from.network;
            scriptBefore = from.scriptBefore;
            scriptAfter = from.scriptAfter;
        }

        /** @throws IllegalArgumentException if one of them is out of bounds */
        public PolicyValues values() {
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
                    scriptAfter);
        }
    }
}
