package firstlight.policy.rule;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which word somebody meant. */
final class Likeness {
    private Likeness() {}

    /**
     * The word of {@code words} that is nearest to {@code typed}; empty when none is near. Near are two letters, or a third of the word's
     * where that is more.
     */
    static Optional<String> nearest(String typed, Collection<String> words) {
        return words.stream()
                .filter(word -> distance(typed, word) <= Math.max(2, word.length() / 3))
                .min(Comparator.comparingInt(word -> distance(typed, word)));
    }

    /** Levenshtein's: letters to put in, take out or exchange. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int exchanged = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(exchanged, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
