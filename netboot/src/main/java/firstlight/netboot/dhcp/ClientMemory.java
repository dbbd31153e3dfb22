package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.wire.dhcp.DhcpOption.IpxeOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was handed to which client lately: enough to give a chainloaded iPXE its script, not the first answer again, and to
 * notice a client that goes in a circle. Mutable, owned by its {@link ProxyDhcp}.
 */
final class ClientMemory {
    /** How long after a boot program was handed out an iPXE that asks is taken for that program. */
    static final Duration CHAIN_WINDOW = Duration.ofMinutes(3);

    static final Duration CIRCLE_WINDOW = Duration.ofSeconds(60);
    static final int CIRCLE = 3;
    private static final int CLIENTS = 65_536;

    private final Map<Bytes, Handed> byHardwareAddress = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Handed> eldest) {
            return size() > CLIENTS;
        }
    };

    /**
     * @param asker the iPXE that asked for it, empty for other firmware
     * @param times when it was handed out within the circle's window, once a transaction id, oldest first
     */
    private record Handed(Plan.Load load, Optional<IpxeOptions> asker, int transactionId, List<Instant> times) {}

    /**
     * @param inOurBoot the client is an iPXE that we handed out, not the one in its ROM
     * @param inACircle the client was given the same file so often that it must be told something else
     */
    record Known(boolean inOurBoot, boolean inACircle) {
        static final Known NOTHING = new Known(false, false);
    }

    Known about(Request request, Instant now) {
        Handed handed = byHardwareAddress.get(request.client().hardwareAddress());
        if (handed == null || !request.client().isIpxe() || !handed.load.program()) {
            return Known.NOTHING;
        }
        boolean recent = handed.times.getLast().plus(CHAIN_WINDOW).isAfter(now);
        // A ROM that was given our build and comes again is a PC that was restarted; our build shows other features.
        boolean another = !handed.asker.equals(request.client().ipxe());
        return new Known(recent && another, within(handed.times, now).size() >= CIRCLE - 1);
    }

    /** Takes note of a file that is handed out. True if the client got it the third time within a minute. */
    boolean note(Request request, Plan.Load load, Instant now) {
        Bytes client = request.client().hardwareAddress();
        Optional<Handed> before =
                Optional.ofNullable(byHardwareAddress.get(client)).filter(handed -> handed.load.equals(load));
        int transactionId = request.packet().transactionId();
        if (before.filter(handed -> handed.transactionId == transactionId).isPresent()) {
            return false; // a repeated packet
        }
        List<Instant> times =
                new ArrayList<>(before.map(handed -> within(handed.times, now)).orElse(List.of()));
        times.add(now);
        byHardwareAddress.put(client, new Handed(load, request.client().ipxe(), transactionId, List.copyOf(times)));
        return times.size() == CIRCLE;
    }

    private static List<Instant> within(List<Instant> times, Instant now) {
        return times.stream()
                .filter(time -> time.plus(CIRCLE_WINDOW).isAfter(now))
                .toList();
    }
}
