package firstlight.policy.work;

/**
 * Which add-on image: {@code drivers}, or {@code drivers@3}.
 *
 * @param version 0: the newest
 */
public record AddOnName(String image, int version) {
    /** @throws IllegalArgumentException when there is no version behind the sign */
    public static AddOnName of(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            return new AddOnName(text, 0);
        }
        String version = text.substring(at + 1);
        if (!version.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException("'" + text + "' has no version number behind '@'");
        }
        return new AddOnName(text.substring(0, at), Integer.parseInt(version));
    }

    /** Whether that very version is one that this means. */
    public boolean means(AddOnName exact) {
        return image.equals(exact.image) && (version == 0 || version == exact.version);
    }

    @Override
    public String toString() {
        return version == 0 ? image : image + "@" + version;
    }
}
