package firstlight.image.safe;

/** Octets that are no image-safe data; the text says why. */
final class MalformedSafeData extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedSafeData(String text) {
        super(text);
    }
}
