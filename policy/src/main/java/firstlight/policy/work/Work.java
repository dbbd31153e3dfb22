package firstlight.policy.work;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * A task of one device, on its way through {@link WorkState}. Changes by these methods only; the repository keeps what
 * they return.
 *
 * @param attempts how often an engine began it, each in a transaction of its own
 * @param transaction the one that runs it or ran it last; 0 before the first
 * @param outcome one line of its last end; empty before that
 * @param waiting when an engine last asked and was told to wait for its turn; {@link Instant#EPOCH} when none did
 */
public record Work(
        long id,
        long device,
        Task task,
        Terms terms,
        WorkState state,
        int attempts,
        long transaction,
        String outcome,
        Instant waiting,
        Instant changed) {
    /** An outcome by which it is told from what its rule gave and nobody has touched since. */
    private static final String RETRIED = "given again by hand";

    /** Whose turn it is: what runs goes on, then the highest priority, then the oldest. */
    public static final Comparator<Work> TURN = Comparator.comparing((Work work) -> work.state != WorkState.RUNNING)
            .thenComparing(work -> -(long) work.terms.priority())
            .thenComparing(Work::id);

    /** Fresh work, as it goes into the queue. */
    public static Work fresh(long id, long device, Task task, Terms terms, Instant now) {
        return new Work(id, device, task, terms, WorkState.QUEUED, 0, 0, "", Instant.EPOCH, now);
    }

    /** Not ended: can be cancelled. */
    public boolean isOpen() {
        return state == WorkState.QUEUED || state == WorkState.RUNNING;
    }

    /** Whether a boot at {@code now} is to do it. What runs goes on, though the server's clock is set back meanwhile. */
    public boolean isDue(Instant now) {
        return state == WorkState.RUNNING
                || (state == WorkState.QUEUED && !terms.notBefore().isAfter(now));
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
        return new Work(id, device, task, terms, WorkState.RUNNING, times, byTransaction, outcome, Instant.EPOCH, now);
    }

    /** Told to wait for its turn. */
    public Work asked(Instant now) {
        return new Work(id, device, task, terms, state, attempts, transaction, outcome, now, changed);
    }

    public Work done(String summary, Instant now) {
        return with(WorkState.DONE, attempts, transaction, summary, now);
    }

    /** With its image's version and its disk fixed: the newest when the work began stays the one that is restored. */
    public Work pinned(Task exact) {
        return new Work(id, device, exact, terms, state, attempts, transaction, outcome, waiting, changed);
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

    /** Its session ended without it. */
    public Work leftOver(String why, Instant now) {
        return with(WorkState.CANCELLED, attempts, transaction, why, now);
    }

    /** From the beginning, with all its attempts, at whatever disk is first by then: somebody looked. */
    public Work retried(Instant now) {
        return pinned(task.asGiven()).with(WorkState.QUEUED, 0, 0, RETRIED, now);
    }

    public String describe() {
        return "work " + id + " (" + task.words() + ")";
    }

    private Work with(WorkState next, int times, long by, String how, Instant now) {
        return new Work(id, device, task, terms, next, times, by, how, Instant.EPOCH, now);
    }
}
