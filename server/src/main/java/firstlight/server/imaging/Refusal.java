package firstlight.server.imaging;

import firstlight.wire.work.Problem;

/** A request that is answered with a problem. Thrown to the port, which sends it as it is (RFC 9457, docs/protocol/engine.md). */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    Refusal(Problem problem) {
        super(problem.line());
        this.problem = problem;
    }

    /**
     * @param status of HTTP: the engine asks again after 5xx but 507, and ends its work after others
     * @param cure for the person at the PC; empty when there is none
     */
    Refusal(int status, String title, String detail, String cure) {
        this(new Problem(status, title, detail, cure));
    }

    Problem problem() {
        return problem;
    }
}
