package firstlight.policy.access;

import java.util.List;

/** What was done, for ever; but of failed sign-ins the newest. An entry is on disk when {@link #append} returns. */
public interface AuditLog {
    /** At least so many of them are kept. */
    int FAILED_SIGN_INS = 10_000;

    AuditEntry append(AuditEntry entry);

    /** Newest first, older than {@code before} (0: from the newest); of one device, or of all when {@code device} is 0. */
    List<AuditEntry> entries(long device, long before, int limit);
}
