package firstlight.testkit;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Random values that can be had again: the seed stands in {@link #toString()}, which belongs in every assertion, and
 * {@code -Dfirstlight.seed=N} repeats a run.
 */
public final class Seeded {
    private final long seed;
    private final SplittableRandom random;

    private Seeded(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** A new seed, or the one that was asked for with {@code -Dfirstlight.seed=N}. */
    public static Seeded fresh() {
        return new Seeded(Long.getLong("firstlight.seed", System.nanoTime() & 0xFFFF_FFFFL));
    }

    public static Seeded of(long seed) {
        return new Seeded(seed);
    }

    /** From {@code low} to {@code high}, both included. */
    public int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    public byte[] octets(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }

    /**
     * A copy with one octet changed, one bit flipped, a run dropped, a run doubled, or octets added: what breaks decoders. It may
     * be the same by chance.
     */
    public byte[] mutated(byte[] octets) {
        if (octets.length == 0) {
            return octets(between(1, 8));
        }
        int at = random.nextInt(octets.length);
        int run = Math.min(between(1, 8), octets.length - at);
        byte[] copy = octets.clone();
        return switch (between(0, 5)) {
            case 0 -> set(copy, at, random.nextInt());
            case 1 -> set(copy, at, octets[at] ^ 1 << random.nextInt(8));
            case 2 -> set(copy, at, List.of(0, 1, 0x7F, 0x80, 0xFE, 0xFF).get(random.nextInt(6)));
            case 3 -> joined(octets, at, new byte[0], at + run);
            case 4 -> joined(octets, at + run, new byte[0], at);
            default -> joined(octets, at, octets(run), at);
        };
    }

    private static byte[] set(byte[] octets, int at, int value) {
        octets[at] = (byte) value;
        return octets;
    }

    /** The octets before {@code head}, then {@code middle}, then those from {@code tail} on. */
    private static byte[] joined(byte[] octets, int head, byte[] middle, int tail) {
        byte[] joined = new byte[head + middle.length + octets.length - tail];
        System.arraycopy(octets, 0, joined, 0, head);
        System.arraycopy(middle, 0, joined, head, middle.length);
        System.arraycopy(octets, tail, joined, head + middle.length, octets.length - tail);
        return joined;
    }

    @Override
    public String toString() {
        return "-Dfirstlight.seed=" + seed;
    }
}
