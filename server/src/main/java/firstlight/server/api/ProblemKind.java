package firstlight.server.api;

/** What can be wrong with a request: the {@code type} and {@code title} of its RFC 9457 problem. */
enum ProblemKind {
    NOT_UNDERSTOOD(400, "The request is not understood"),
    UNKNOWN_FIELD(400, "A field is not known"),
    MISSING(422, "A field is missing"),
    NOT_ALLOWED(422, "A value is not allowed"),
    NOT_SIGNED_IN(401, "Nobody is signed in"),
    FORBIDDEN(403, "You may not do that"),
    NOT_FOUND(404, "There is no such thing"),
    NO_SUCH_REQUEST(404, "The API has no such request"),
    WRONG_METHOD(405, "The method is not allowed here"),
    CONFLICT(409, "It does not fit what is there"),
    CHANGED_MEANWHILE(412, "Somebody changed it meanwhile"),
    TOO_MANY(429, "Too many requests"),
    FAILED(500, "The server failed"),
    NOT_SET_UP(501, "This is not set up here"),
    /** PostgreSQL is away: the same request can be sent again. */
    DATABASE_AWAY(503, "The database does not answer"),
    UNAVAILABLE(502, "Another server does not help");

    private final int status;
    private final String title;

    ProblemKind(int status, String title) {
        this.status = status;
        this.title = title;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    /** A name, not an address: nothing is to be fetched there (RFC 9457 3.1.1 allows any URI). */
    String type() {
        return "urn:firstlight:problem:" + Words.of(this);
    }
}
