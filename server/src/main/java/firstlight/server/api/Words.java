package firstlight.server.api;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Constants as people write them, and the nearest known word to a mistyped one. */
final class Words {
    private Words() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E extends Enum<E>> String all(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Words::of).collect(Collectors.joining(", "));
    }

    static <E extends Enum<E>> Optional<E> parse(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant ->
                        of(constant).equals(text.toLowerCase(Locale.ROOT).replace('_', '-')))
                .findFirst();
    }

    /** At most two letters or a third of them away; two that changed places are two. Empty where none is near. */
    static Optional<String> nearest(String typed, Collection<String> known) {
        return known.stream()
                .filter(each -> distance(typed, each) <= Math.max(2, each.length() / 3)
                        && distance(typed, each) < typed.length())
                .min(Comparator.comparingInt(each -> distance(typed, each)));
    }

    /** Levenshtein's, without regard to case. */
    private static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
