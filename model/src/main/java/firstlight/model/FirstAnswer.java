package firstlight.model;

import java.util.List;

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

    /** Count {@code seconds} (1 to 254) down under {@code prompt} (ASCII); the firmware's key leads to the menu, else local boot. */
    record Hotkey(String prompt, int seconds, List<String> reasons) implements FirstAnswer {
        public Hotkey {
            reasons = List.copyOf(reasons);
            if (seconds < 1 || seconds > 254) {
                throw new IllegalArgumentException("hotkey seconds must be 1 to 254, not " + seconds);
            }
        }
    }

    /** Load the preboot client, which asks the transaction server. */
    record LoadPrebootClient(List<String> reasons) implements FirstAnswer {
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
