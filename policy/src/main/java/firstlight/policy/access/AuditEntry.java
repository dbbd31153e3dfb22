package firstlight.policy.access;

import firstlight.model.OneLine;
import java.time.Instant;
import java.util.List;

/**
 * Who did what, to which devices, from where. Never changed by the server,
 * and not removed but for {@link #FAILED_SIGN_IN}s, when there are many.
 *
 * @param id 0 before it is kept
 * @param who the user's name as it was then
 * @param from address, and the door: {@code 10.1.2.3 token backup}
 * @param action a short word group: {@code work.assign}
 * @param devices by number; empty when it concerned none
 * @param text the same in words
 */
public record AuditEntry(long id, Instant at, String who, String from, String action, List<Long> devices, String text) {
    /** The action of one; anybody can make these. */
    public static final String FAILED_SIGN_IN = "sign-in.failed";

    private static final int LONGEST_TYPED = 100;

    /** What somebody typed who has not signed in: as much of it as a name has, on one line. */
    public static String typed(String name) {
        return OneLine.of(name.length() <= LONGEST_TYPED ? name : name.substring(0, LONGEST_TYPED) + "...");
    }

    public AuditEntry {
        devices = List.copyOf(devices);
    }
}
