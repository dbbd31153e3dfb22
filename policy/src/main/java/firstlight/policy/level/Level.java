package firstlight.policy.level;

/** Where values and rules hang. The nearest to the device goes first: the device, its groups upwards, the server. */
public sealed interface Level {
    /** What an administrator set for all devices; the configuration file stands behind it. */
    record ServerDefault() implements Level {}

    record OfGroup(long group) implements Level {}

    record OfDevice(long device) implements Level {}

    Level SERVER = new ServerDefault();
}
