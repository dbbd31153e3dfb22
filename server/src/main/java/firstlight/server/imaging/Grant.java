package firstlight.server.imaging;

import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;
import java.util.List;

/** What a transaction's work entitles its engine to, and nothing else. */
sealed interface Grant {
    /** Put chunks, publish this image. */
    record Capture(ImageName image) implements Grant {}

    /** Read these versions and their chunks: the base image, and what is laid over it. */
    record Restore(ImageVersion version, List<ImageVersion> addOns) implements Grant {
        public Restore {
            addOns = List.copyOf(addOns);
        }
    }

    record Nothing() implements Grant {}
}
