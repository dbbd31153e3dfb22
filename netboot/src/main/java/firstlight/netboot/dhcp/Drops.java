package firstlight.netboot.dhcp;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what was dropped, by the kind of its fault, and logs the first of each kind. Read by any thread. */
final class Drops {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyDhcpServer.class);
    /** Lines of the log at most; later kinds are counted all the same. */
    private static final int KINDS_TOLD = 20;

    private final Map<String, LongAdder> dropped = new ConcurrentHashMap<>();

    void note(String kind, String text) {
        LongAdder count = dropped.computeIfAbsent(kind, _ -> new LongAdder());
        count.increment();
        // A packet of random octets breaks a rule of any of 255 options: those who send them must not fill the log.
        if (count.sum() == 1 && dropped.size() <= KINDS_TOLD) {
            LOG.warn("dropped (further ones of this kind are only counted): {}", text);
            if (dropped.size() == KINDS_TOLD) {
                LOG.warn("so many kinds of malformed packets came that further kinds are only counted");
            }
        }
    }

    /** By kind, as it is at this moment. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        dropped.forEach((kind, count) -> counts.put(kind, count.sum()));
        return counts;
    }
}
