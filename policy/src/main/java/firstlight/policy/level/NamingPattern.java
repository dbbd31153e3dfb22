package firstlight.policy.level;

/**
 * How new devices are named: {@code room12-pc{number:02}}, {@code {serial}}, {@code pc-{mac:6}}.
 *
 * @param text as a person wrote it
 */
public record NamingPattern(String text) {
    public static final NamingPattern USUAL = new NamingPattern("pc-{mac}");
}
