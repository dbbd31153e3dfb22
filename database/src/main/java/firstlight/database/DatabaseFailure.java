package firstlight.database;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The database cannot be opened; the message names it, {@link #cure()} says what to do. */
public final class DatabaseFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String cure;

    private DatabaseFailure(String message, String cure, @Nullable Throwable cause) {
        super(message, cause);
        this.cure = cure;
    }

    public String cure() {
        return cure;
    }

    static DatabaseFailure inUse(Path directory) {
        return new DatabaseFailure(
                "the database in " + directory + " is in use",
                "another firstlight serve uses this directory; stop it, or give this one a --data of its own",
                null);
    }

    static DatabaseFailure unusable(Path directory, Throwable cause) {
        Throwable root = cause;
        for (Throwable next = cause; next != null; next = next.getCause()) {
            root = next;
        }
        String why = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        return new DatabaseFailure(
                "the database in " + directory + " cannot be opened: " + why,
                "check the directory's space and permission; its files can be moved away to begin anew",
                cause);
    }
}
