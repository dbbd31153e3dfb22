package firstlight.netboot.dhcp;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Which offers were told already: each passes a bridge and each of its ports,
 * is followed by its ACK, and may be repeated by us. Mutable, one thread's.
 */
final class ToldOffers {
    /** Older ROMs derive the transaction id from their MAC address, so that the next boot has it again: a DHCP exchange is over by then. */
    private static final Duration EXCHANGE = Duration.ofMinutes(1);

    private final Map<OtherOffer, Told> latest;

    /** @param most so many offers are remembered */
    ToldOffers(int most) {
        latest = Bounded.byAge(most);
    }

    private record Told(int transactionId, Instant when) {}

    /** Whether the offer is to be told now, which it then is. */
    boolean isNew(OtherOffer offer, int transactionId, Instant now) {
        Told before = latest.get(offer);
        boolean told = before != null
                && before.transactionId() == transactionId
                && Duration.between(before.when(), now).abs().compareTo(EXCHANGE) < 0;
        if (!told) {
            latest.put(offer, new Told(transactionId, now));
        }
        return !told;
    }
}
