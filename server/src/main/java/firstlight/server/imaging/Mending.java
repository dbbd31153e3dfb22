package firstlight.server.imaging;

import firstlight.image.store.DamagedManifest;
import firstlight.image.store.ImageVersion;
import java.io.IOException;

/** Has other servers make a version's manifest whole. Takes minutes where they do not answer. */
@FunctionalInterface
interface Mending {
    /** @throws firstlight.image.ImageFailure {@code failure}, or why it cannot be mended */
    ImageVersion mended(ImageVersion version, DamagedManifest failure) throws IOException;
}
