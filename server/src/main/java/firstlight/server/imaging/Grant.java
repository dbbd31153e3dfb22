package firstlight.server.imaging;

import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;
import java.util.List;

/**
 * What a transaction's work entitles its engine to, and nothing else. Asked anew with each request: what was cancelled entitles to
 * nothing from then on.
 */
sealed interface Grant {
    /** Put chunks, publish this image. */
    record Capture(ImageName image) implements Grant {}

    /** Read these versions and their chunks: the base image, and what is laid over it. */
    record Restore(ImageVersion version, List<ImageVersion> addOns) implements Grant {
        public Restore {
            addOns = List.copyOf(addOns);
        }
    }

    /** The work wants no image, or names one that is not in the store (any more), or has ended. */
    record Nothing() implements Grant {}
}
