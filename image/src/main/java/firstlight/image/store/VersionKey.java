package firstlight.image.store;

import java.util.Comparator;

/** A version's name, from which its files have theirs. */
record VersionKey(ImageName image, int number) implements Comparable<VersionKey> {
    static final String FOLDER = "manifests";

    private static final Comparator<VersionKey> ORDER =
            Comparator.comparing(VersionKey::image).thenComparingInt(VersionKey::number);

    static VersionKey of(ImageVersion version) {
        return new VersionKey(version.image(), version.number());
    }

    String manifest() {
        return FOLDER + "/" + image + "/" + number + ".manifest";
    }

    String notes() {
        return FOLDER + "/" + image + "/" + number + ".notes";
    }

    @Override
    public int compareTo(VersionKey other) {
        return ORDER.compare(this, other);
    }
}
