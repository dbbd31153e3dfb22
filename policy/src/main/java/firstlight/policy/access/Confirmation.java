package firstlight.policy.access;

import java.time.Instant;
import java.util.List;

/**
 * A request that concerns so many devices that a second person must say yes.
 *
 * @param id 0 before it is kept
 * @param request whole, so that it can be carried out when it is confirmed
 * @param decidedBy empty while it is held
 */
public record Confirmation(
        long id,
        Instant at,
        String who,
        String action,
        List<Long> devices,
        String request,
        State state,
        String decidedBy) {
    /** Where it stands; only what is held can be decided. */
    public enum State {
        HELD,
        CONFIRMED,
        REFUSED
    }

    public Confirmation {
        devices = List.copyOf(devices);
    }
}
