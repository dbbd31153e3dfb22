package firstlight.image.lvm;

import java.util.List;

/**
 * A stretch of a logical volume.
 *
 * @param stripe how many octets lie side by side on one physical volume before the next one's turn
 * @param stripes one: it is linear
 */
public record Segment(long start, long length, long stripe, List<Stripe> stripes) {
    public Segment {
        stripes = List.copyOf(stripes);
        if (start < 0 || length <= 0 || stripe <= 0 || length % stripes.size() != 0) {
            throw new IllegalArgumentException("a segment of " + length + " octets in " + stripes.size() + " stripes");
        }
    }

    /**
     * @param volume the physical volume's id
     * @param offset in it
     */
    public record Stripe(String volume, long offset) {}

    public long end() {
        return start + length;
    }

    /** What a stripe takes of its physical volume. */
    long stripeLength() {
        return length / stripes.size();
    }

    /** A piece of a physical volume. */
    @FunctionalInterface
    public interface Piece {
        void at(String volume, long offset, long length);
    }

    /** Where the octets from {@code from} to {@code to} of the logical volume lie, in their order. */
    void pieces(long from, long to, Piece piece) {
        for (long at = from; at < to; ) {
            long inside = at - start;
            long turn = inside / stripe;
            Stripe on = stripes.get((int) (turn % stripes.size()));
            long rest = inside % stripe;
            long length = Math.min(stripe - rest, to - at);
            piece.at(on.volume(), on.offset() + turn / stripes.size() * stripe + rest, length);
            at += length;
        }
    }
}
