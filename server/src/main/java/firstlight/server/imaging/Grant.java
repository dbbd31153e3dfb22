package firstlight.server.imaging;

import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;

/** What a transaction's work entitles its engine to, and nothing else. */
sealed interface Grant {
    /** Put chunks, publish this image. */
    record Capture(ImageName image) implements Grant {}

    /** Read this version and its chunks. */
    record Restore(ImageVersion version) implements Grant {}

    record Nothing() implements Grant {}
}
