package firstlight.netboot.tftp;

import firstlight.model.Ipv4Address;
import firstlight.wire.DecodeException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what strangers send, and logs each kind of it once. */
final class Malformed {
    private static final Logger LOG = LoggerFactory.getLogger(Malformed.class);

    private final Map<String, Long> counts = new HashMap<>();

    void dropped(DecodeException failure, int address) {
        if (counts.merge(failure.kind(), 1L, Long::sum) == 1) {
            LOG.warn(
                    "dropped from {}: {} (more of this kind are counted, not logged)",
                    new Ipv4Address(address),
                    failure.getMessage());
        }
    }
}
