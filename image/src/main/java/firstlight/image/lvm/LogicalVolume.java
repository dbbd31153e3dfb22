package firstlight.image.lvm;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * @param name with its group's
 * @param plain made of linear and striped segments only, and nothing else is made of it: what is in it can be looked at
 * @param segments by rising start
 */
public record LogicalVolume(String name, long size, boolean plain, List<Segment> segments) {
    public LogicalVolume {
        segments = List.copyOf(segments);
    }

    /** The physical volumes that it lies on. */
    public Set<String> volumes() {
        return segments.stream()
                .flatMap(segment -> segment.stripes().stream())
                .map(Segment.Stripe::volume)
                .collect(Collectors.toSet());
    }

    /** The physical volume on which it begins. */
    public String first() {
        return segments.getFirst().stripes().getFirst().volume();
    }

    /** What it takes of its physical volumes: stretches without a gap, start and end each. */
    public List<long[]> areas() {
        return segments.stream()
                .flatMap(segment -> segment.stripes().stream()
                        .map(stripe -> new long[] {stripe.offset(), stripe.offset() + segment.stripeLength()}))
                .toList();
    }

    /** The same on one of them. */
    public List<long[]> areasOn(String volume) {
        return segments.stream()
                .flatMap(segment -> segment.stripes().stream()
                        .filter(stripe -> stripe.volume().equals(volume))
                        .map(stripe -> new long[] {stripe.offset(), stripe.offset() + segment.stripeLength()}))
                .toList();
    }

    /** Where the octets from {@code from} to {@code to} lie, in their order. */
    public void pieces(long from, long to, Segment.Piece piece) {
        for (Segment segment : segments) {
            long start = Math.max(from, segment.start());
            long end = Math.min(to, segment.end());
            if (start < end) {
                segment.pieces(start, end, piece);
            }
        }
    }
}
