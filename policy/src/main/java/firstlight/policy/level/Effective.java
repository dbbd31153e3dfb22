package firstlight.policy.level;

/**
 * A value as it counts for one device.
 *
 * @param from what set it, in words: {@code device 'pc1'}, {@code group 'Room 12'},
 *     {@code the server's default}, {@code the configuration}
 */
public record Effective<T>(T value, String from) {}
