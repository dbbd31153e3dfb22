package firstlight.image.lvm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A volume group as it will be on its physical volume of another length.
 *
 * @param length of the physical volume
 * @param copies where its metadata areas will begin, as many as there are
 * @param text of its new metadata
 * @param group what {@code text} says
 * @param moves where what is kept of it comes to lie on it, by rising place; what they do not name is not kept there
 * @param arrivals where what lay on the group's other physical volumes comes to lie on it, by their ids
 */
public record Rearranged(
        long length,
        List<Long> copies,
        String text,
        VolumeGroup group,
        List<Move> moves,
        Map<String, List<Move>> arrivals) {
    public Rearranged {
        copies = List.copyOf(copies);
        moves = List.copyOf(moves);
        arrivals = Collections.unmodifiableMap(new LinkedHashMap<>(arrivals)); // in their order, for people
    }

    /** Behind all that lies on it, in octets. */
    long end() {
        return Stream.concat(moves.stream(), arrivals.values().stream().flatMap(List::stream))
                .mapToLong(move -> move.to() + move.length())
                .max()
                .orElse(0);
    }

    /** A stretch of a physical volume moves; all in octets. */
    public record Move(long from, long to, long length) {}
}
