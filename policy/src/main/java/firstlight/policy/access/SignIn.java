package firstlight.policy.access;

import java.time.Instant;

/** A signed-in user's session, known by the hash of its secret. */
public record SignIn(String hash, long user, String from, Instant created, Instant expires) {
    public boolean isGood(Instant now) {
        return now.isBefore(expires);
    }
}
