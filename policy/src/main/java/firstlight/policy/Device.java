package firstlight.policy;

import firstlight.model.Facts;
import firstlight.model.MenuSetting;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A PC that the server knows.
 *
 * @param name unique, and the restored system's computer name
 * @param menu the device's own setting; empty inherits the server's default
 * @param facts everything that was ever learned of it
 */
public record Device(
        long id, String name, Registration registration, Optional<MenuSetting> menu, Facts facts, Instant lastSeen) {
    /** RFC 1123 host label; Windows refuses names of digits alone. */
    private static final Pattern NAME = Pattern.compile("(?![0-9]+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    public Device {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no computer name: use up to 63 letters, digits and hyphens, not digits alone");
        }
    }

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    public Device withFacts(Facts newer, Instant seen) {
        return new Device(id, name, registration, menu, newer, seen);
    }
}
