package firstlight.server.sites;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Other servers that did not answer a moment ago. One that is off costs over a minute with all tries: the first who asks waits for
 * it, and not each of a room's PCs, which would hold all threads that serve engines.
 */
final class SilentPeers {
    private final Duration time;
    private final InstantSource clock;
    private final Map<String, Instant> since = new ConcurrentHashMap<>();

    /** @param time how long one counts as silent after it did not answer */
    SilentPeers(Duration time, InstantSource clock) {
        this.time = time;
        this.clock = clock;
    }

    /** For who asks alone, and may wait. */
    static SilentPeers none() {
        return new SilentPeers(Duration.ZERO, () -> Instant.EPOCH);
    }

    boolean isSilent(Peer peer) {
        Instant now = clock.instant();
        Instant at = since.getOrDefault(peer.name(), Instant.MAX); // later than now too when the clock was set back
        return !at.isAfter(now) && Duration.between(at, now).compareTo(time) < 0;
    }

    /** It did not answer. True where somebody else has found so already, and tries again. */
    boolean silent(Peer peer) {
        boolean before = isSilent(peer);
        since.put(peer.name(), clock.instant());
        return before;
    }

    void heard(Peer peer) {
        since.remove(peer.name());
    }
}
