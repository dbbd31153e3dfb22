package firstlight.image.nbd;

/** Octets that the NBD protocol does not allow. The connection cannot go on: nobody knows where the next message begins. */
final class MalformedNbd extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedNbd(String message) {
        super(message);
    }
}
