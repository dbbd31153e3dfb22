package firstlight.policy.access;

import java.time.Instant;
import java.util.Optional;

/**
 * A program's way in. It can do what its user can.
 *
 * @param id 0 before it is kept
 * @param hash of the secret, which is shown once and kept nowhere
 */
public record ApiToken(long id, String name, long user, String hash, Instant created, Optional<Instant> expires) {
    public boolean isGood(Instant now) {
        return expires.isEmpty() || now.isBefore(expires.get());
    }
}
