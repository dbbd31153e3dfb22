package firstlight.policy;

/** Where work stands. Only the first two are asked for at a boot. */
public enum WorkState {
    QUEUED,
    /** The engine said hello and got its order. */
    RUNNING,
    DONE,
    FAILED,
    CANCELLED
}
