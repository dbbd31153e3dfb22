package firstlight.policy;

import firstlight.model.Facts;
import java.time.Instant;

/** Where a boot's transaction is opened, or found again. */
public interface Transactions {
    /** In place of a device's id while nobody knows whose transaction it is. */
    long NOBODY = 0;

    /**
     * @param transaction its public number
     * @param token a secret for this transaction, kept only as a hash; a former one stays good until it expires
     */
    record Opened(long transaction, String token) {}

    /** {@code device} may be {@link #NOBODY}; then the MAC in {@code facts} tells one stranger from another. */
    Opened open(long device, Facts facts, Instant now);
}
