package firstlight.server.imaging;

import firstlight.wire.work.Problem;

/** A request that is answered with a problem. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    Refusal(Problem problem) {
        super(problem.line());
        this.problem = problem;
    }

    Refusal(int status, String title, String detail, String cure) {
        this(new Problem(status, title, detail, cure));
    }

    Problem problem() {
        return problem;
    }
}
