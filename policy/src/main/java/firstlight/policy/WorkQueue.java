package firstlight.policy;

import java.util.Optional;

/** The work of all devices, as decisions need it. */
public interface WorkQueue {
    /** The device's open work: the running one, else the oldest in the queue. */
    Optional<Work> current(long device);

    void keep(Work work);
}
