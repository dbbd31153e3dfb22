package firstlight.image.nbd;

/** Why a request failed (proto.md, "Error values"). */
enum NbdError {
    NONE(0),
    NOT_PERMITTED(1),
    IO(5),
    INVALID(22),
    NO_SPACE(28),
    NOT_SUPPORTED(95);

    private final int number;

    NbdError(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
