package firstlight.policy;

/** What happens when a device that nobody knows asks. */
public enum NewDevices {
    /** It becomes a device at once, with a name by the pattern. */
    REGISTER,
    /** It becomes one that waits for a person, and gets its local disk until then. */
    APPROVE,
    /** It gets no answer and is not remembered, unless a menu lets it register itself. */
    IGNORE
}
