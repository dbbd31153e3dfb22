package firstlight.server.access;

/** No sign-in: why, what to do, and whether it is the person's doing or the site's. The message is for whoever tries. */
public final class AccessFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** Whose turn it is. */
    public enum Kind {
        /** Name, password, token or code do not fit. */
        REFUSED,
        /** Known, but may not. */
        NO_ROLE,
        /** Too many have failed for this name or from this address; it passes. */
        TOO_MANY,
        /** As many are being verified as may fail; nobody has guessed yet. */
        BUSY,
        /** Directory or provider do not answer, or are set up wrong. */
        UNAVAILABLE,
        /** This way of signing in is not set up here. */
        NOT_SET_UP,
        /** A device code that nobody has entered yet. */
        PENDING,
        /** As PENDING, and the provider wants to be asked less often: five seconds more (RFC 8628, 3.5). */
        SLOW_DOWN
    }

    private final Kind kind;
    private final String cure;

    AccessFailure(Kind kind, String what, String cure) {
        super(what);
        this.kind = kind;
        this.cure = cure;
    }

    AccessFailure(Kind kind, String what, String cure, Throwable cause) {
        super(what, cause);
        this.kind = kind;
        this.cure = cure;
    }

    public Kind kind() {
        return kind;
    }

    /** Empty where there is none. */
    public String cure() {
        return cure;
    }
}
