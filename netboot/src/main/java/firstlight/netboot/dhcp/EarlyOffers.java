package firstlight.netboot.dhcp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Other servers' offers to clients that nobody has heard yet: a proxy answers a DISCOVER within a millisecond, before the thread that reads
 * ours has come to it, and says nothing a second time. Mutable, owned by the thread of {@link OfferWatch}.
 */
final class EarlyOffers {
    /** On a busy host a DISCOVER waits for less; most clients of these offers are none that boot. */
    static final Duration KEPT = Duration.ofSeconds(10);

    private static final int MANY = 1_000;

    private final PrebootClients clients;
    private final Map<OtherOffer, Early> early = Bounded.byAge(MANY);

    /** @param clients knows who boots from the network */
    EarlyOffers(PrebootClients clients) {
        this.clients = clients;
    }

    /** An offer, and when it was heard. */
    record Early(OtherOffer offer, int transactionId, Instant at) {}

    void keep(OtherOffer offer, int transactionId, Instant now) {
        early.put(offer, new Early(offer, transactionId, now));
    }

    /** Those whose client has been heard since, once each. */
    List<Early> due(Instant now) {
        List<Early> due = new ArrayList<>();
        Iterator<Early> each = early.values().iterator();
        while (each.hasNext()) {
            Early next = each.next();
            if (clients.hasRecent(next.offer.client(), now)) {
                due.add(next);
                each.remove();
            } else if (now.isAfter(next.at.plus(KEPT))) {
                each.remove();
            }
        }
        return due;
    }
}
