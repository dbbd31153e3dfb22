package firstlight.lab.bench;

import firstlight.database.Database;
import firstlight.lab.bench.Aim.Open;
import firstlight.model.Facts;
import firstlight.policy.Decisions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The decision alone, in this process and on one thread, over the real stores: no socket, no packet, no script. */
final class DecisionBench {
    /** Rounds over all devices until the JVM has compiled what it will. */
    private static final int WARMING = 3;

    private final Decisions decisions;
    private final Extent extent;

    DecisionBench(Database database, Extent extent) {
        this.decisions = KnownDevices.decisions(database);
        this.extent = extent;
    }

    private interface Question {
        void ask(Facts facts);
    }

    void run() {
        measure("first", RuledDevices::discover, facts -> decisions.firstAnswer(facts, Instant.now()));
        measure("preboot", RuledDevices::preboot, facts -> decisions.prebootAnswer(facts, Instant.now()));
    }

    private void measure(String name, IntFunction<Facts> facts, Question question) {
        Figure rate = new Figure("transactions.decision-" + name + ".rate", "/s", new Open());
        Figure p50 = new Figure("transactions.decision-" + name + ".p50", "ms", new Open());
        Figure p99 = new Figure("transactions.decision-" + name + ".p99", "ms", new Open());
        List<Facts> all = new ArrayList<>();
        for (int i = 0; i < KnownDevices.COUNT; i++) {
            all.add(facts.apply(i));
        }
        for (int run = -WARMING; run < extent.runs(); run++) {
            Delays delays = new Delays(all.size());
            long start = System.nanoTime();
            for (int i = 0; i < all.size(); i++) {
                long asked = System.nanoTime();
                question.ask(all.get(i));
                delays.set(i, System.nanoTime() - asked);
            }
            long took = System.nanoTime() - start;
            if (run >= 0) {
                rate.ours().add(all.size() / (took / 1e9));
                p50.ours().add(delays.within(0.5));
                p99.ours().add(delays.within(0.99));
            }
        }
        List.of(rate, p50, p99).forEach(Figure::print);
    }
}
