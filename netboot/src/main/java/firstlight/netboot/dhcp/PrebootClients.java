package firstlight.netboot.dhcp;

import firstlight.model.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who booted from the network just now, by what the proxy heard. The proxy's thread writes, that of the router advertisements reads.
 */
public final class PrebootClients {
    private static final Duration RECENT = Duration.ofMinutes(5);
    private static final int MANY = 65_536;
    private static final Duration BETWEEN = Duration.ofSeconds(10);

    private final Map<MacAddress, Instant> seen = new ConcurrentHashMap<>();

    private volatile Instant cleared = Instant.EPOCH;

    public void saw(MacAddress client, Instant now) {
        if (seen.size() >= MANY && now.isAfter(cleared.plus(BETWEEN))) {
            cleared = now; // not at each packet of a flood: all are looked through
            seen.values().removeIf(when -> when.plus(RECENT).isBefore(now));
        }
        if (seen.size() < MANY || seen.containsKey(client)) {
            seen.put(client, now);
        }
    }

    public boolean hasRecent(MacAddress client, Instant now) {
        Instant when = seen.get(client);
        return when != null && when.plus(RECENT).isAfter(now);
    }
}
