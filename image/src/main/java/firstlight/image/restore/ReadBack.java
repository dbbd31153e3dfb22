package firstlight.image.restore;

import java.util.Map;

/** How much of what a restore wrote is read from the medium again and compared. */
public enum ReadBack {
    /** All of it. On a disk with a moving head that takes as long as the writing. */
    FULL,
    /** One chunk of {@value Sample#OF_SO_MANY} at even distances, {@value Sample#AT_LEAST} at least, and both ends of each partition. */
    SAMPLED;

    /** A work's option. */
    public static final String OPTION = "verify";

    /**
     * Of {@code verify=full|sampled}; without it {@link #FULL}.
     *
     * @throws IllegalArgumentException with what is wrong, in words
     */
    public static ReadBack of(Map<String, String> options) {
        return of(options.getOrDefault(OPTION, "full"));
    }

    /** @throws IllegalArgumentException with what is wrong, in words */
    public static ReadBack of(String word) {
        return switch (word) {
            case "full" -> FULL;
            case "sampled" -> SAMPLED;
            default -> throw new IllegalArgumentException(OPTION + " is full or sampled, not '" + word + "'");
        };
    }
}
