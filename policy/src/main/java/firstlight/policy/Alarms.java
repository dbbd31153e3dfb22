package firstlight.policy;

import java.time.Instant;

/** Takes what a person must look at. Must not block. */
public interface Alarms {
    /**
     * @param device its number, or {@link Transactions#NOBODY}
     * @param text what is wrong, for a person
     */
    void raise(long device, String text, Instant now);
}
