package firstlight.server.imaging;

import firstlight.image.store.DamagedManifest;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.model.Bytes;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Manifests on their way to engines, each in memory once. A room asks for the same one at the same time, and that of 250 GB has 30 MB:
 * one for each of its PCs would be more than the memory of a small server. For several threads.
 */
final class SharedManifests {
    private final ImageStore images;
    private final Mending mending;
    /** Kept only while somebody sends it. */
    private final Map<Bytes, Place> places = new ConcurrentHashMap<>();

    private static final class Place {
        private WeakReference<byte[]> manifest = new WeakReference<>(null);
    }

    SharedManifests(ImageStore images, Mending mending) {
        this.images = images;
        this.mending = mending;
    }

    /** Not to be written to. */
    byte[] of(ImageVersion version) throws IOException {
        try {
            return read(version);
        } catch (DamagedManifest damaged) {
            return read(mending.mended(version, damaged));
        }
    }

    private byte[] read(ImageVersion version) throws IOException {
        if (version.digest().isEmpty()) {
            return images.encoded(version); // one that is damaged, which says so
        }
        Place place = places.computeIfAbsent(version.digest(), _ -> new Place());
        synchronized (place) { // who asks for the same waits for the one who reads it
            byte @Nullable [] there = place.manifest.get();
            if (there != null) {
                return there;
            }
            byte[] read = images.encoded(version);
            place.manifest = new WeakReference<>(read);
            return read;
        }
    }
}
