package firstlight.policy.level;

/** What a PC does when its work is done. */
public enum AfterWork {
    REBOOT,
    POWER_OFF
}
