package firstlight.policy;

/** What happens when a device that nobody knows asks. */
public enum NewDevices {
    REGISTER,
    APPROVE,
    IGNORE
}
