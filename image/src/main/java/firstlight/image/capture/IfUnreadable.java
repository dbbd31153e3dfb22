package firstlight.image.capture;

/** What becomes of a capture when sectors that the image needs cannot be read. */
public enum IfUnreadable {
    /** No image is made. */
    STOP,
    /** Zeros take their place, and the image says which they are. */
    ZERO
}
