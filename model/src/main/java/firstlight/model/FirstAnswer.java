package firstlight.model;

import java.util.List;
import java.util.Optional;

/** What a firmware is told when it asks the network for the first time, before anything was downloaded. */
public sealed interface FirstAnswer {
    /** Why, in words, for the console, the log and {@code explain}. */
    List<String> reasons();

    /** Go on to the local disk at once; nothing is downloaded where the firmware allows it. */
    record LocalBoot(List<String> reasons) implements FirstAnswer {
        public LocalBoot {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Count {@code seconds} (1 to 254) down under {@code prompt} (ASCII); the firmware's key leads to the menu, else local boot.
     *
     * @param clients which preboot client has the menu; empty leaves it to the server of the answer
     */
    record Hotkey(String prompt, int seconds, Optional<ClientChoice> clients, List<String> reasons)
            implements FirstAnswer {
        public Hotkey(String prompt, int seconds, List<String> reasons) {
            this(prompt, seconds, Optional.empty(), reasons);
        }

        public Hotkey {
            reasons = List.copyOf(reasons);
            if (seconds < 1 || seconds > 254) {
                throw new IllegalArgumentException("hotkey seconds must be 1 to 254, not " + seconds);
            }
        }
    }

    /**
     * Load the preboot client, which asks the transaction server.
     *
     * @param clients which one; empty leaves it to the server of the answer
     */
    record LoadPrebootClient(Optional<ClientChoice> clients, List<String> reasons) implements FirstAnswer {
        public LoadPrebootClient(List<String> reasons) {
            this(Optional.empty(), reasons);
        }

        public LoadPrebootClient {
            reasons = List.copyOf(reasons);
        }
    }

    /** Say nothing: this device is somebody else's. */
    record NoAnswer(List<String> reasons) implements FirstAnswer {
        public NoAnswer {
            reasons = List.copyOf(reasons);
        }
    }
}
