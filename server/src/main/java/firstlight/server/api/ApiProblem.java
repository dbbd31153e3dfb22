package firstlight.server.api;

/** A request that cannot be done; becomes an RFC 9457 problem. */
final class ApiProblem extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String cure;

    ApiProblem(int status, String what, String cure) {
        super(what);
        this.status = status;
        this.cure = cure;
    }

    int status() {
        return status;
    }

    String cure() {
        return cure;
    }
}
