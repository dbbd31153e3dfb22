package firstlight.policy.work;

/** Where a session stands. */
public enum SessionState {
    /** Its members wait at their PCs for the others. */
    WAITING,
    /** Has begun; whoever comes now begins at once. */
    RUNNING,
    /** All that took part have ended. */
    DONE,
    CANCELLED
}
