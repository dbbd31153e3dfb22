package firstlight.policy.work;

import java.time.Instant;
import java.util.Optional;

/** The work of all devices, as decisions need it. */
public interface WorkQueue {
    /** The device's first work that is {@link Work#isDue due}, by {@link Work#TURN}. */
    Optional<Work> current(long device, Instant now);

    /**
     * Begins {@code work} for the engine of {@code transaction}, if nobody else did meanwhile: ONE conditional update, which of
     * several servers and engines lets one through. The row must still be queued, or running with the very attempts and
     * transaction that {@code work} has, and its transaction must not be newer. Asking again in the same transaction is
     * begun again, without another attempt. {@link Turns} says whether the limits allow it now; work that must wait is kept as
     * {@link Work#asked}, and so is a member of a session that has not begun; its coming may be what the session waited for.
     * A member of a session that has ended is cancelled. What is begun or waits is kept with the task of {@code work}.
     */
    Beginning begin(Work work, long transaction, Limits limits, Instant now);

    void keep(Work work);

    /**
     * Work that a rule found: queued at once. Of one rule a device has one work that has not ended: the one that another server
     * made in the same instant is given back.
     */
    Work create(long device, Task task, Terms terms, Instant now);

    /** A session that work may join; from memory, as first packets ask. Empty when there never was one. */
    Optional<Session> session(long id);

    /** The newest work that {@code rule} ever gave this device, in whatever state. */
    Optional<Work> latestOfRule(long device, long rule);
}
