package firstlight.policy;

/** How far the server trusts that a device is one of its own. */
public enum Registration {
    REGISTERED,
    /** Waits for a person; until then it gets nothing but its local disk. */
    PENDING
}
