package firstlight.policy.rule;

import java.util.regex.Pattern;

/**
 * A text that lets a regular expression look at it only so often. Some expressions ({@code (a+)+b}) need more steps for a text
 * that a PC may send than there are atoms; a first packet cannot wait for them.
 */
final class BoundedText implements CharSequence {
    // Characters: no text that a PC's firmware tells is as long.
    private static final int LONGEST = 1_000;
    // A hundred for each character of the longest text; a good expression needs a few.
    private static final int LOOKS = 100_000;

    private final CharSequence text;
    /** Shared with what is cut out of this text. */
    private final int[] left;

    private BoundedText(CharSequence text, int[] left) {
        this.text = text;
        this.left = left;
    }

    private static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMany() {
            super("looked too often", null, false, false);
        }
    }

    /** False as well when the expression gives no answer in reasonable time. */
    static boolean matches(Pattern pattern, String text) {
        if (text.length() > LONGEST) {
            return false;
        }
        try {
            return pattern.matcher(new BoundedText(text, new int[] {LOOKS})).matches();
            // java.util.regex recurses at each turn of a repeated group, so a long text may end the stack first.
        } catch (TooMany | StackOverflowError endless) {
            return false;
        }
    }

    @Override
    public char charAt(int index) {
        if (--left[0] < 0) {
            throw new TooMany();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new BoundedText(text.subSequence(start, end), left);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
