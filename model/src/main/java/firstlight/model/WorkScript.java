package firstlight.model;

/**
 * A shell script that belongs to work: it runs in the imaging environment before that work or after it.
 *
 * @param name for people; up to 100 letters, digits, dots, hyphens and underscores
 * @param text what {@code /bin/sh} runs, at most {@value #LONGEST} characters; empty for none where a level would give one
 * @param seconds how long it may take, 1 to {@value #LONGEST_SECONDS}; then it is ended, and has failed
 */
public record WorkScript(String name, String text, int seconds) {
    public static final int LONGEST = 64 * 1024;
    public static final int LONGEST_SECONDS = 24 * 60 * 60;
    public static final int USUAL_SECONDS = 30 * 60;

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

    public WorkScript {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException("a script's name is up to 100 letters, digits, dots, hyphens and"
                    + " underscores, the first a letter or digit, not '" + name + "'");
        }
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "the script '" + name + "' has " + text.length() + " characters, " + LONGEST + " are the most");
        }
        if (seconds < 1 || seconds > LONGEST_SECONDS) {
            throw new IllegalArgumentException(
                    "a script may take 1 to " + LONGEST_SECONDS + " seconds, not " + seconds);
        }
    }

    public boolean isEmpty() {
        return text.isBlank();
    }

    /** Without its text: this may end up in a log. */
    @Override
    public String toString() {
        return "script " + name;
    }
}
