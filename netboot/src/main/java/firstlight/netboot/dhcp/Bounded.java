package firstlight.netboot.dhcp;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers so many and no more: anybody on a network can invent clients. */
final class Bounded {
    /** What is repeated in less is not noted anew: what is kept of each packet is what a flood costs. */
    static final Duration REPEATED = Duration.ofSeconds(5);

    private Bounded() {}

    /** The first to be forgotten is who was put in first. */
    static <K, V> Map<K, V> byAge(int most) {
        return map(most, false);
    }

    /** The first to be forgotten is who was asked for longest ago. */
    static <K, V> Map<K, V> byUse(int most) {
        return map(most, true);
    }

    private static <K, V> Map<K, V> map(int most, boolean byUse) {
        return new LinkedHashMap<>(16, 0.75f, byUse) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }
}
