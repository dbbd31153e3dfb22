package firstlight.server.images;

import firstlight.image.store.Hold;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** By transaction: an engine that captures relies on chunks that no manifest names yet. Used by many threads. */
final class CaptureHolds {
    private final Supplier<Hold> store;
    private final Map<Long, Hold> holds = new ConcurrentHashMap<>();

    CaptureHolds(Supplier<Hold> store) {
        this.store = store;
    }

    /**
     * Before its engine is told that the store has a chunk. Asked with each of its requests: the first one takes the hold, which {@link
     * #endAllBut} lets go.
     */
    void begin(long transaction) {
        holds.computeIfAbsent(transaction, _ -> store.get());
    }

    /**
     * Lets go what captures held that are over.
     *
     * @param running the transactions of those that are not; asked when it is known who holds something, for who begins while
     *     that is answered is not in the answer, and has not ended
     * @return the answer
     */
    Set<Long> endAllBut(Supplier<Set<Long>> running) {
        Set<Long> held = Set.copyOf(holds.keySet());
        Set<Long> go = running.get();
        for (long transaction : held) {
            Hold hold = go.contains(transaction) ? null : holds.remove(transaction);
            if (hold != null) {
                hold.close();
            }
        }
        return go;
    }
}
