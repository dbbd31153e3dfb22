package firstlight.policy;

import java.time.Instant;
import java.util.Optional;

/**
 * A task of one device, on its way through {@link WorkState}. Changes by these methods only; the repository keeps what
 * they return.
 *
 * @param attempts how often an engine began it, each in a transaction of its own
 * @param transaction the one that runs it or ran it last; 0 before the first
 * @param outcome one line of its last end; empty before that
 */
public record Work(
        long id,
        long device,
        Task task,
        boolean powerOff,
        WorkState state,
        int attempts,
        long transaction,
        String outcome,
        Instant changed) {

    public boolean isOpen() {
        return state == WorkState.QUEUED || state == WorkState.RUNNING;
    }

    /** Why this work must not be begun again; empty while it may. */
    public Optional<String> exhausted(int maxAttempts) {
        return isOpen() && attempts >= maxAttempts
                ? Optional.of(describe() + " was begun " + attempts + " times and never ended"
                        + (outcome.isEmpty() ? "" : " (" + outcome + ")"))
                : Optional.empty();
    }

    /** The engine of {@code transaction} asks for its order; asking twice in one transaction is one attempt. */
    public Work begun(long byTransaction, Instant now) {
        int times = byTransaction == transaction ? attempts : attempts + 1;
        return with(WorkState.RUNNING, times, byTransaction, outcome, now);
    }

    public Work done(String summary, Instant now) {
        return with(WorkState.DONE, attempts, transaction, summary, now);
    }

    /** With its image's version fixed: the newest when the work began stays the one that is restored. */
    public Work pinned(Task.Restore exact) {
        return new Work(id, device, exact, powerOff, state, attempts, transaction, outcome, changed);
    }

    /** Back to the queue while attempts are left. */
    public Work failed(String why, int maxAttempts, Instant now) {
        return with(attempts < maxAttempts ? WorkState.QUEUED : WorkState.FAILED, attempts, transaction, why, now);
    }

    /** Given up, whatever attempts are left. */
    public Work givenUp(String why, Instant now) {
        return with(WorkState.FAILED, attempts, transaction, why, now);
    }

    public Work cancelled(Instant now) {
        return with(WorkState.CANCELLED, attempts, transaction, "cancelled", now);
    }

    public String describe() {
        return "work " + id + " (" + task.words() + ")";
    }

    private Work with(WorkState next, int times, long by, String how, Instant now) {
        return new Work(id, device, task, powerOff, next, times, by, how, now);
    }
}
