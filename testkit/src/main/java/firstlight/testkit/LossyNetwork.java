package firstlight.testkit;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * A network in one thread and in virtual time that delays, loses, doubles and reorders, as its seed says. Packets and timers
 * are events; {@link #run} lets them happen in their order.
 */
public final class LossyNetwork {
    private final VirtualClock clock;
    private final Seeded random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private Weather weather = new Weather(Duration.ofMillis(1), 0, 0, 0);
    private long order;
    private long lost;

    /**
     * What happens to packets.
     *
     * @param delay one way
     * @param reordering the share that takes twice as long, so that later ones overtake it
     * @param loss the share that never arrives
     * @param duplication the share that arrives twice
     */
    public record Weather(Duration delay, double loss, double duplication, double reordering) {}

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(order, other.order) : Long.signum(at - other.at);
        }
    }

    public LossyNetwork(VirtualClock clock, Seeded random) {
        this.clock = clock;
        this.random = random;
    }

    public LossyNetwork with(Weather other) {
        weather = other;
        return this;
    }

    /** Sends {@code packet} on its way to {@code receiver}. */
    public <P> void send(P packet, Consumer<P> receiver) {
        if (random.chance(weather.loss())) {
            lost++;
        } else {
            after(travel(), () -> receiver.accept(packet));
        }
        if (random.chance(weather.duplication())) {
            after(travel(), () -> receiver.accept(packet));
        }
    }

    private Duration travel() {
        return random.chance(weather.reordering()) ? weather.delay().multipliedBy(2) : weather.delay();
    }

    /** Lets {@code action} happen in a while. */
    public void after(Duration wait, Runnable action) {
        events.add(new Event(clock.nanoTime() + wait.toNanos(), order++, action));
    }

    /** Lets events happen until none is left or {@code longest} has passed. Answers the time that has passed. */
    public Duration run(Duration longest) {
        long start = clock.nanoTime();
        while (!events.isEmpty() && events.peek().at() - start <= longest.toNanos()) {
            Event next = events.remove();
            clock.advance(Duration.ofNanos(Math.max(0, next.at() - clock.nanoTime())));
            next.action().run();
        }
        return Duration.ofNanos(clock.nanoTime() - start);
    }

    /** How many packets never arrived. */
    public long lost() {
        return lost;
    }
}
