package firstlight.policy.access;

import java.time.Instant;

/**
 * A signed-in user's session, known by the hash of its secret.
 *
 * @param user its number
 * @param from the address it came from
 * @param expires from then on it opens nothing, whether or not its row is still there
 */
public record SignIn(String hash, long user, String from, Instant created, Instant expires) {
    public boolean isGood(Instant now) {
        return now.isBefore(expires);
    }
}
