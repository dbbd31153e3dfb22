package firstlight.image.store;

import java.util.ArrayList;
import java.util.List;

/** Who needs what. */
final class Holds {
    private final List<Integer> eras = new ArrayList<>();
    private final List<ImageVersion> versions = new ArrayList<>();

    synchronized void add(int era) {
        eras.add(era);
    }

    synchronized void remove(int era) {
        eras.remove(Integer.valueOf(era));
    }

    /** The oldest era that somebody holds; {@code usual} when nobody holds one before it. */
    synchronized int oldest(int usual) {
        return eras.stream().mapToInt(Integer::intValue).reduce(usual, Math::min);
    }

    synchronized void add(ImageVersion version) {
        versions.add(version);
    }

    synchronized void remove(ImageVersion version) {
        versions.remove(version);
    }

    synchronized boolean keeps(ImageVersion version) {
        return versions.stream()
                .anyMatch(held -> held.image().equals(version.image()) && held.number() == version.number());
    }
}
