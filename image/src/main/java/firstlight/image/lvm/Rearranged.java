package firstlight.image.lvm;

import java.util.List;

/**
 * A volume group as it will be on its physical volume of another length.
 *
 * @param length of the physical volume
 * @param copies where its metadata areas will begin, as many as there are
 * @param text of its new metadata
 * @param group what {@code text} says
 * @param moves where what is kept comes to lie, by rising place; what they do not name is not kept
 */
public record Rearranged(long length, List<Long> copies, String text, VolumeGroup group, List<Move> moves) {
    public Rearranged {
        copies = List.copyOf(copies);
        moves = List.copyOf(moves);
    }

    /** A stretch of the physical volume moves; all in octets. */
    public record Move(long from, long to, long length) {}
}
