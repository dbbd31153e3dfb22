package firstlight.netboot.preboot;

import firstlight.model.Ipv4Address;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many questions are answered at a time. Each may write to the database, and anybody on the network can ask thousands a second: what
 * waits would take memory and processors from the PCs that load their boot files. Safe for several threads.
 */
final class QuestionLimit {
    private static final Logger LOG = LoggerFactory.getLogger(QuestionLimit.class);

    private final int most;
    private final int mostOfOne;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<Ipv4Address, Integer> ofOne = new ConcurrentHashMap<>();
    private final AtomicBoolean told = new AtomicBoolean();

    /** @param mostOfOne of one address: a PC asks once at a time, but many may be behind one router that translates addresses */
    QuestionLimit(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** Empty when there are too many: the client is to ask again. */
    <T> Optional<T> answer(Ipv4Address client, Supplier<T> question) {
        if (!enter(client)) {
            if (told.compareAndSet(false, true)) {
                LOG.warn(
                        "more questions than can be answered at a time, one of {}: told to ask again (told once)",
                        client);
            }
            return Optional.empty();
        }
        try {
            return Optional.of(question.get());
        } finally {
            leave(client);
        }
    }

    /** Whether this question may be answered now; then {@link #leave} must follow. */
    boolean enter(Ipv4Address client) {
        if (all.incrementAndGet() > most) {
            all.decrementAndGet();
            return false;
        }
        if (ofOne.merge(client, 1, Integer::sum) > mostOfOne) {
            leave(client);
            return false;
        }
        return true;
    }

    void leave(Ipv4Address client) {
        all.decrementAndGet();
        ofOne.computeIfPresent(client, (_, count) -> count == 1 ? null : count - 1);
    }
}
