package firstlight.image.store;

import java.util.regex.Pattern;

/** The name of an image: what a person types, and a safe file name on every system. */
public record ImageName(String text) implements Comparable<ImageName> {
    /** What a name is, for whoever mistyped one. */
    public static final String RULE =
            "it starts with a letter or digit and holds at most 100 letters, digits, dots, dashes and underscores";

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    public ImageName {
        if (!isValid(text)) {
            throw new IllegalArgumentException("'" + text + "' is no image's name: " + RULE);
        }
    }

    public static boolean isValid(String text) {
        return ALLOWED.matcher(text).matches();
    }

    /** As a person names a version: {@code room12@3}; version 0, the newest, is {@code room12}. */
    public static String reference(String image, int version) {
        return version == 0 ? image : image + "@" + version;
    }

    @Override
    public int compareTo(ImageName that) {
        return text.compareTo(that.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
