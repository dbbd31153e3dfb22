package firstlight.wire.work;

/** What the PC does once its work has ended well. */
public enum After {
    REBOOT,
    POWER_OFF
}
