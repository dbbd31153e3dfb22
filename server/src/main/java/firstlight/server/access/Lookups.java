package firstlight.server.access;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * When the directory was asked last whether somebody is still there, and what
 * it said. In memory: a restart asks anew. By user's number, a few octets each.
 */
final class Lookups {
    /** So long may somebody act still who has left the directory. */
    private static final Duration GOOD = Duration.ofHours(1);
    /** Who is gone may be back; a directory that does not answer is not asked with each request. */
    private static final Duration AGAIN = Duration.ofMinutes(5);

    /** @param good how long it counts */
    private record Look(boolean there, Instant at, Duration good) {
        boolean isOld(Instant now) {
            return now.isBefore(at) || !now.isBefore(at.plus(good)); // a clock may be set back
        }
    }

    private final Map<Long, Look> looks = new HashMap<>();

    /** Whether whoever asks is to look anew; others go on with what is known meanwhile. */
    synchronized boolean isDue(long user, Instant now) {
        Look known = looks.get(user);
        if (known != null && !known.isOld(now)) {
            return false;
        }
        looks.put(user, new Look(known == null || known.there, now, AGAIN));
        return true;
    }

    /** As it was said last; who was never looked up is. */
    synchronized boolean isThere(long user) {
        Look known = looks.get(user);
        return known == null || known.there;
    }

    synchronized void note(long user, boolean there, Instant now) {
        looks.put(user, new Look(there, now, there ? GOOD : AGAIN));
    }
}
