package firstlight.policy.access;

import java.util.List;
import java.util.Optional;

/** Requests that wait for a second person. */
public interface Confirmations {
    Confirmation hold(Confirmation confirmation);

    /** Those that are held, then those that were decided, each the newest first. */
    List<Confirmation> list(int limit);

    Optional<Confirmation> find(long id);

    /** Decides what is still held; empty when somebody was faster. The caller sees to it that it is a second person. */
    Optional<Confirmation> decide(long id, Confirmation.State state, String by);

    /** Held again: what was confirmed could not be done. */
    void holdAgain(long id);
}
