package firstlight.policy.access;

import java.time.Instant;
import java.util.List;

/**
 * Who did what, to which devices, from where. Never changed or removed by the server.
 *
 * @param id 0 before it is kept
 * @param who the user's name as it was then
 * @param from address, and the door: {@code 10.1.2.3 token backup}
 * @param action a short word group: {@code work.assign}
 * @param devices by number; empty when it concerned none
 * @param text the same in words
 */
public record AuditEntry(long id, Instant at, String who, String from, String action, List<Long> devices, String text) {
    public AuditEntry {
        devices = List.copyOf(devices);
    }
}
