package firstlight.server.boots;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What firmwares showed in their packets. GRUB and pxelinux, which they load then, tell a MAC address alone: that may be a dock's, or a
 * card's that the device was never seen with, and says nothing of the processor. Safe for several threads.
 */
final class ShownFacts {
    /** From a firmware's packet to the question of what it has loaded. */
    private static final Duration COUNTS = Duration.ofMinutes(10);
    /** Anybody on a network can invent PCs. */
    private static final int MANY = 20_000;

    private record Shown(Facts facts, Instant at) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, Shown> byMac = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Shown> eldest) {
            return size() > MANY;
        }
    };

    /**
     * The latest of each MAC address counts; without one nothing is kept. Answers {@code facts}, or those that are equal to them and were shown
     * before: of these the rest of the answer knows sooner that they are the same.
     */
    Facts show(Facts facts, Instant now) {
        Optional<String> mac = facts.first(FactName.MAC);
        if (mac.isEmpty()) {
            return facts;
        }
        lock.lock();
        try {
            Shown before = byMac.get(mac.get());
            // Of equal facts the former are kept: PCs repeat themselves, and what is kept anew of each packet is the
            // collector's to move.
            Facts kept = before != null && before.facts.equals(facts) ? before.facts : facts;
            byMac.putLast(mac.get(), new Shown(kept, now));
            return kept;
        } finally {
            lock.unlock();
        }
    }

    /** {@code asked} with what the firmware behind the same MAC address has just shown, where it does not tell who it is itself. */
    Facts completed(Facts asked, Instant now) {
        boolean tellsMuch = asked.first(FactName.UUID).isPresent()
                || asked.first(FactName.SERIAL).isPresent();
        Optional<String> mac = asked.first(FactName.MAC);
        if (tellsMuch || mac.isEmpty()) {
            return asked;
        }
        lock.lock();
        try {
            return Optional.ofNullable(byMac.get(mac.get()))
                    .filter(shown -> now.isBefore(shown.at.plus(COUNTS)))
                    .map(shown -> shown.facts.mergedWith(asked))
                    .orElse(asked);
        } finally {
            lock.unlock();
        }
    }
}
