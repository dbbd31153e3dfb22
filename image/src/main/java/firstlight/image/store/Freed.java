package firstlight.image.store;

import java.util.List;

/**
 * What a garbage collection did, or would do.
 *
 * @param chunks that nothing names any more and that went
 * @param octets that the store has shrunk by
 * @param left octets of such chunks in packs with too few of them; a later collection takes them
 * @param noRoom octets of such chunks in packs for whose living chunks there was no room beside them; of what would be done, those
 *     for which there is none now, which {@code octets} has too
 * @param damages what was found damaged on the way, in words
 */
public record Freed(int packs, long chunks, long octets, long left, long noRoom, List<String> damages) {
    public Freed {
        damages = List.copyOf(damages);
    }
}
