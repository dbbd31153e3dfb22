package firstlight.multicast;

import firstlight.wire.multicast.Block;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The memory for blocks on their way to the disk: made when first needed, then used again. For several threads. */
public final class Buffers {
    private final int most;
    private final ConcurrentLinkedQueue<byte[]> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger used = new AtomicInteger();
    private int made;

    /** @param most buffers, of {@link Block#MAX_LENGTH} octets each */
    public Buffers(int most) {
        this.most = most;
    }

    /** As many as take a third of what this JVM may use, and not more than make sense. */
    public static Buffers forThisMachine() {
        long affordable = Runtime.getRuntime().maxMemory() / 3 / Block.MAX_LENGTH;
        return new Buffers((int) Math.clamp(affordable, 64L, 1024L));
    }

    /** One that nobody uses; empty when all are in use. One thread only takes. */
    Optional<byte[]> take() {
        byte[] again = free.poll();
        if (again == null) {
            if (made == most) {
                return Optional.empty();
            }
            made++;
            again = new byte[Block.MAX_LENGTH];
        }
        used.incrementAndGet();
        return Optional.of(again);
    }

    public void release(byte[] octets) {
        used.decrementAndGet();
        free.add(octets);
    }

    /** How many are in use, in thousandths of all, {@code others} not counted. */
    int occupancy(int others) {
        return Math.clamp((used.get() - others) * 1000L / most, 0, 1000);
    }
}
