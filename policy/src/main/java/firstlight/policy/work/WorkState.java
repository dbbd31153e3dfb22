package firstlight.policy.work;

/** Where work stands. Only queued and running work is asked for at a boot. */
public enum WorkState {
    QUEUED,
    /** The engine said hello and got its order. */
    RUNNING,
    DONE,
    FAILED,
    CANCELLED
}
