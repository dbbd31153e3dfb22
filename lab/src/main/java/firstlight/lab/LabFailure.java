package firstlight.lab;

/** The lab could not do what was asked, or saw what it did not expect. The message is for people and complete. */
final class LabFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LabFailure(String message) {
        super(message);
    }

    LabFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
