package firstlight.policy.access;

/** What a user may do, from little to all. */
public enum Role {
    /** Sees everything but secrets. */
    VIEWER,
    /** Works on the devices of his groups and of what is below them. */
    TECHNICIAN,
    ADMINISTRATOR
}
