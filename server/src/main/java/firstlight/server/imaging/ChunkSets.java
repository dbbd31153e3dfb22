package firstlight.server.imaging;

import firstlight.image.store.DamagedManifest;
import firstlight.image.store.ImageVersion;
import firstlight.model.Bytes;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@link ChunkSet}s of the versions that are restored now, each read once. For several threads. */
final class ChunkSets {
    /** Chunks in all that are kept: 32 MiB, for 1 TB of images. */
    static final int KEPT = 4 << 20;

    private final Reading reading;
    private final Mending mending;
    private final int most;
    /** The one that was not asked for the longest comes first. */
    private final Map<Bytes, Place> places = new LinkedHashMap<>(16, 0.75f, true);

    /** Reads a version's manifest, which may take seconds. */
    @FunctionalInterface
    interface Reading {
        ChunkSet of(ImageVersion version) throws IOException;
    }

    /** One for each version, made before its set is read, so that two threads meet in it. */
    private static final class Place {
        private volatile ChunkSet set = ChunkSet.NONE;
    }

    ChunkSets(Reading reading, Mending mending, int most) {
        this.reading = reading;
        this.mending = mending;
        this.most = most;
    }

    /** @throws IOException when the manifest cannot be read; the next one tries again */
    ChunkSet of(ImageVersion version) throws IOException {
        try {
            return read(version);
        } catch (DamagedManifest damaged) {
            return read(mending.mended(version, damaged));
        }
    }

    private ChunkSet read(ImageVersion version) throws IOException {
        Place place;
        synchronized (places) {
            place = places.computeIfAbsent(version.digest(), _ -> new Place());
        }
        if (place.set != ChunkSet.NONE) {
            return place.set;
        }
        synchronized (place) { // who asks for the same waits for the one who reads it, and nobody else does
            if (place.set == ChunkSet.NONE) {
                place.set = reading.of(version);
                shorten();
            }
            return place.set;
        }
    }

    /** Leaves the one that was asked for last, however long it is. */
    private void shorten() {
        synchronized (places) {
            long kept = places.values().stream()
                    .mapToLong(place -> place.set.size())
                    .sum();
            Iterator<Place> oldest = places.values().iterator();
            for (int left = places.size(); kept > most && left > 1; left--) {
                Place place = oldest.next();
                if (place.set != ChunkSet.NONE) {
                    kept -= place.set.size();
                    oldest.remove();
                }
            }
        }
    }
}
