package firstlight.image.capture;

import firstlight.image.extents.FileSystem;
import firstlight.image.extents.SwapHeader;
import firstlight.image.extents.Volume;
import java.util.Optional;

/**
 * What was found in a volume.
 *
 * @param doubt why it cannot be told what is in use
 * @param inner what an opened LUKS volume holds
 */
record Look(
        Volume volume,
        FileSystem fileSystem,
        Optional<SwapHeader> swap,
        Optional<String> doubt,
        Optional<Inner> inner) {

    /** @param offset of its first octet in the volume around it */
    record Inner(long offset, Look look) {}

    /** The volume within all others. */
    Look innermost() {
        return inner.map(in -> in.look().innermost()).orElse(this);
    }
}
