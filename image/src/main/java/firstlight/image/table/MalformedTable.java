package firstlight.image.table;

/** Octets that are not the partition table they seem to be. */
final class MalformedTable extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedTable(String message) {
        super(message);
    }
}
