package firstlight.policy;

import org.jspecify.annotations.Nullable;

/** A repository does not answer now. What was asked for was not done; the same can be asked again later. */
public class RepositoryUnreachable extends RuntimeException {
    private static final long serialVersionUID = 1;

    protected RepositoryUnreachable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
