package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.wire.work.MalformedMessage;
import firstlight.wire.work.Problem;
import firstlight.wire.work.WorkCodec;
import java.io.IOException;
import java.util.List;

/** The server answered, and the answer is no. Not to be tried again, but for {@link #mayPass}. */
public final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private static final int DISK_FULL = 507;

    private final transient Problem problem;

    Refused(Problem problem) {
        super(problem.line());
        this.problem = problem;
    }

    /** Of a body that should be a problem in the sense of RFC 9457, but may come from any proxy on the way. */
    static Refused of(int status, byte[] body) {
        try {
            Problem problem = WorkCodec.decodeProblem(body);
            return new Refused(
                    new Problem(status, problem.title(), problem.detail(), problem.cure(), problem.chunks()));
        } catch (MalformedMessage other) {
            String cure = status == 401 ? "Start this PC again: it gets a new token" : "Look at the server's log";
            return new Refused(new Problem(status, "The server refused", "HTTP status " + status, cure, List.of()));
        }
    }

    /** What is wrong and what to do, in the server's words (RFC 9457). */
    public Problem problem() {
        return problem;
    }

    /** Of an answer that this work goes on no longer; the server says why, and what to do. */
    ImageFailure ended() {
        return new ImageFailure(
                problem.title(),
                problem.detail(),
                problem.cure().isEmpty() ? "Assign it again if that was a mistake" : problem.cure());
    }

    int status() {
        return problem.status();
    }

    /**
     * Whether the same request may succeed in a while: an overloaded or restarting server, or a proxy before one. A full disk (507) is
     * mended by a person, who must be told at once.
     */
    boolean mayPass() {
        return (status() >= 500 && status() != DISK_FULL) || status() == 429 || status() == 408;
    }
}
