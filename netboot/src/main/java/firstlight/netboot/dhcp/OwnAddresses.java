package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.sockets.Interfaces;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The addresses of this host's interfaces, read anew when they may have changed: to ask the kernel for each packet would cost more than its
 * answer. Mutable, owned by the proxy's thread.
 */
final class OwnAddresses {
    private static final Duration STAY = Duration.ofSeconds(5);

    /** Where the kernel names an address that is not known, the interface just got it; a flood must not have them read for each packet. */
    private static final Duration STAY_AT_LEAST = Duration.ofMillis(500);

    private final Source source;
    private final Drops drops;
    private Map<Integer, List<Interfaces.Address>> known = Map.of();
    private long read;
    private boolean isRead;

    /** Interfaces by index, with their addresses. */
    @FunctionalInterface
    interface Source {
        Map<Integer, List<Interfaces.Address>> read() throws SocketException;
    }

    /** @param drops is told when they cannot be read: those that were known count then */
    OwnAddresses(Source source, Drops drops) {
        this.source = source;
        this.drops = drops;
    }

    static OwnAddresses ofThisHost(Drops drops) {
        Source source = () -> {
            Map<Integer, List<Interfaces.Address>> read = new TreeMap<>();
            Interfaces.up().forEach(each -> read.put(each.index(), each.addresses()));
            return read;
        };
        return new OwnAddresses(source, drops);
    }

    /**
     * Those of an interface; empty when it has none.
     *
     * @param named by the kernel, for a packet that came by it
     * @param nanos now, by the clock of {@link System#nanoTime}
     */
    List<Interfaces.Address> of(int index, Ipv4Address named, long nanos) {
        long age = nanos - read;
        boolean isKnown = prefix(known.getOrDefault(index, List.of()), named) >= 0;
        if (!isRead || age >= (isKnown ? STAY : STAY_AT_LEAST).toNanos()) {
            isRead = true;
            read = nanos;
            try {
                known = source.read();
            } catch (SocketException e) {
                drops.note("interfaces", "the interfaces' addresses cannot be read: " + e.getMessage());
            }
        }
        return known.getOrDefault(index, List.of());
    }

    /** How long the prefix of {@code address} is, which is among {@code own}; -1 when it is not. In a plain loop: each packet comes by here. */
    static int prefix(List<Interfaces.Address> own, Ipv4Address address) {
        for (Interfaces.Address each : own) {
            if (each.address().equals(address)) {
                return each.prefix();
            }
        }
        return -1;
    }
}
