package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of some thousand clients, by hardware address. While all of them were heard just now others are not taken in: in a
 * flood somebody else would be pushed out at each packet, before there is anything to tell of either. Mutable, owned by the proxy's thread.
 *
 * @param <V> what is remembered of each
 */
final class FollowedClients<V extends FollowedClients.Heard> {
    static final int CLIENTS = 4_096;

    /** Somebody who was heard within this time keeps the place. */
    static final Duration RECENT = Duration.ofSeconds(30);

    /** Least recently used first. */
    private final Map<Bytes, V> clients = new LinkedHashMap<>(16, 0.75f, true);

    interface Heard {
        Instant last();
    }

    @Nullable
    V get(Bytes client) {
        return clients.get(client);
    }

    @Nullable
    V remove(Bytes client) {
        return clients.remove(client);
    }

    /** @param value whose {@link Heard#last} is now */
    void put(Bytes client, V value) {
        if (clients.size() >= CLIENTS && !clients.containsKey(client)) {
            var eldest = clients.entrySet().iterator();
            if (value.last().isBefore(eldest.next().getValue().last().plus(RECENT))) {
                return;
            }
            eldest.remove();
        }
        clients.put(client, value);
    }
}
