package firstlight.policy.rule;

/** When a rule gives its work to a device that had it before. */
public enum Repeat {
    /** When the device's last image is another one than the rule's. */
    ONCE,
    /** When there is a newer version of the image as well. */
    NEWER,
    /** At each boot. */
    ALWAYS
}
