package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who booted from the network just now, by what the proxy heard, and to which addresses boot files went. Written and read by several threads.
 */
public final class PrebootClients {
    /** A boot takes less, from the DISCOVER to the last boot file. */
    private static final Duration RECENT = Duration.ofMinutes(5);
    /** What is kept of each kind, whatever a flood invents; then new ones are not noted until old ones have gone. */
    private static final int MANY = 65_536;

    private static final int MANY_LEASES = 1_024;
    /** Between two sweeps of what is old. */
    private static final Duration BETWEEN = Duration.ofSeconds(10);

    private final Recently<MacAddress> seen = new Recently<>();
    private final Recently<Ipv4Address> fetched = new Recently<>();
    private final Recently<MacAddress> elsewhere = new Recently<>();
    private final Map<MacAddress, LeaseOffer> leaseOffers = Collections.synchronizedMap(Bounded.byAge(MANY_LEASES));
    private final Map<Ipv4Address, StrayRouter> strays = Collections.synchronizedMap(Bounded.byAge(MANY_LEASES));

    /** A DHCP server was heard to offer an address. */
    record LeaseOffer(Ipv4Address server, Ipv4Address lease, Instant at) {}

    /** A PC that boots from the network was heard. What it repeats within {@link Bounded#REPEATED} is not noted anew. */
    public void saw(MacAddress client, Instant now) {
        if (!seen.hasSince(client, now.minus(Bounded.REPEATED))) {
            seen.note(client, now);
        }
    }

    public boolean hasRecent(MacAddress client, Instant now) {
        return seen.hasSince(client, now.minus(RECENT));
    }

    /** A boot file was asked for from this address, be it there or not. */
    public void fetched(Ipv4Address client, Instant now) {
        fetched.note(client, now);
    }

    /** @param since no longer ago than five minutes; what was before may be forgotten */
    public boolean hasFetched(Ipv4Address client, Instant since) {
        return fetched.hasSince(client, since);
    }

    /** Another Firstlight, which decides by the same database, was heard to answer it: it may fetch its boot files there. */
    void offeredByAnother(MacAddress client, Instant now) {
        elsewhere.note(client, now);
    }

    /** @param since no longer ago than five minutes; what was before may be forgotten */
    boolean isOfferedByAnother(MacAddress client, Instant since) {
        return elsewhere.hasSince(client, since);
    }

    /** A DHCP server was heard to offer an address to one that boots from the network; the last word counts. */
    void leaseOffered(MacAddress client, LeaseOffer offer) {
        if (hasRecent(client, offer.at)) {
            leaseOffers.put(client, offer);
        }
    }

    /** The address that it was offered since then, as far as that was heard: a server may send it to the client alone. */
    Optional<LeaseOffer> leaseOffer(MacAddress client, Instant since) {
        return Optional.ofNullable(leaseOffers.get(client)).filter(offer -> !offer.at.isBefore(since));
    }

    /** What a DHCP server was heard to say of an address; the last word counts. */
    void leased(Ipv4Address lease, Optional<StrayRouter> stray) {
        stray.ifPresentOrElse(router -> strays.put(lease, router), () -> strays.remove(lease));
    }

    /** The router that its DHCP server named and that it cannot reach; empty where all was well, or nothing was heard. */
    Optional<StrayRouter> strayRouter(Ipv4Address lease) {
        return Optional.ofNullable(strays.get(lease));
    }

    private static final class Recently<T> {
        private final Map<T, Instant> last = new ConcurrentHashMap<>();
        private volatile Instant cleared = Instant.EPOCH;

        void note(T who, Instant now) {
            if (last.size() >= MANY && now.isAfter(cleared.plus(BETWEEN))) {
                cleared = now; // not at each packet of a flood: all are looked through
                last.values().removeIf(when -> when.plus(RECENT).isBefore(now));
            }
            if (last.size() < MANY || last.containsKey(who)) {
                last.put(who, now);
            }
        }

        boolean hasSince(T who, Instant since) {
            Instant when = last.get(who);
            return when != null && when.isAfter(since);
        }
    }
}
