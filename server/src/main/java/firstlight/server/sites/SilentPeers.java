package firstlight.server.sites;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Other servers that did not answer a moment ago. One that is off costs over a minute with all tries: whoever asks after the
 * first has waited so long asks once, or a room's PCs would hold all threads that serve engines again and again.
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

    /** For who asks alone, and may wait. No one is ever silent. */
    static SilentPeers none() {
        return new SilentPeers(Duration.ZERO, () -> Instant.EPOCH);
    }

    boolean isSilent(Peer peer) {
        Instant now = clock.instant();
        Instant at = since.getOrDefault(peer.name(), Instant.MAX); // later than now too when the clock was set back
        return !at.isAfter(now) && Duration.between(at, now).compareTo(time) < 0;
    }

    /** It did not answer, however often it was asked. */
    void silent(Peer peer) {
        since.put(peer.name(), clock.instant());
    }

    void heard(Peer peer) {
        since.remove(peer.name());
    }
}
