package firstlight.model;

/**
 * What a stranger said, for one line of a log and for a terminal: its line ends would forge further lines, and its escape sequences move the
 * cursor of whoever reads it.
 */
public final class OneLine {
    private OneLine() {}

    /** The same, a blank for each control character; those of 0x80 to 0x9F are some as well. */
    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) { // first looked for: nearly no text has any
            if (Character.isISOControl(text.charAt(i))) {
                return text.replaceAll("[\\p{Cntrl}\\x80-\\x9F]", " ");
            }
        }
        return text;
    }
}
