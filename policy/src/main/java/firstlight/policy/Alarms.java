package firstlight.policy;

import java.time.Instant;

/** Takes what a person must look at. Must not block. */
public interface Alarms {
    void raise(long device, String text, Instant now);
}
