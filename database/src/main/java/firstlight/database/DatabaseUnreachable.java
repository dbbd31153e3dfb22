package firstlight.database;

import firstlight.policy.RepositoryUnreachable;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL server does not answer now, or the disk takes nothing. What was asked for was not done; the same can be asked again
 * later. The API answers it with 503; decisions go on from memory.
 */
public final class DatabaseUnreachable extends RepositoryUnreachable {
    private static final long serialVersionUID = 1;

    DatabaseUnreachable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
