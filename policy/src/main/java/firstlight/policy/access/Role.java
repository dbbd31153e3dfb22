package firstlight.policy.access;

/** What a user may do, from little to all. */
public enum Role {
    /** Another server: reads images, nothing else. */
    PEER,
    /** Sees everything but secrets. */
    VIEWER,
    /** Works on the devices of his groups and of what is below them. */
    TECHNICIAN,
    ADMINISTRATOR
}
