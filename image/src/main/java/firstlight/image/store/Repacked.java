package firstlight.image.store;

import java.util.List;

/**
 * What packing a store anew did.
 *
 * @param packs that were written anew
 * @param noRoom packs that were not, for lack of room for their copies
 * @param chunks in them
 * @param deltas of these, how many are now kept as their difference from another
 * @param before octets that these packs had
 * @param after octets that their chunks take now
 * @param damages what was found damaged on the way, in words
 */
public record Repacked(int packs, int noRoom, long chunks, long deltas, long before, long after, List<String> damages) {
    public Repacked {
        damages = List.copyOf(damages);
    }
}
