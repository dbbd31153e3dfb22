package firstlight.policy.level;

/**
 * Devices that are looked after alike: a room, a school, a kind of PC.
 *
 * @param parent the group above it, or {@link #NONE}
 */
public record Group(long id, String name, long parent, PolicyValues values) {
    /** In place of a group's number. */
    public static final long NONE = 0;

    private static final int LONGEST = 100;

    public Group {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is no group name: use 1 to " + LONGEST
                    + " printable characters, no slash, no blank at the ends");
        }
    }

    /** A slash would make paths of groups ({@code School/Room 12}) ambiguous. */
    public static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST
                && text.equals(text.strip())
                && text.indexOf('/') < 0
                && text.chars().noneMatch(Character::isISOControl);
    }
}
