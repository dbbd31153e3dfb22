package firstlight.policy.level;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How new devices are named: {@code room12-pc{number:02}}, {@code {serial}}, {@code pc-{mac:6}}. Each device must get a name of its
 * own, so one of the fields is there.
 *
 * @param text as a person wrote it
 */
public record NamingPattern(String text) {
    private static final Pattern FIELD = Pattern.compile("\\{([a-z-]*)(?::([0-9]*))?}");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9-]*");
    private static final int LONGEST = 63;
    /** More PCs than one pattern ever names. */
    private static final int MOST = 1_000_000;

    public static final NamingPattern USUAL = new NamingPattern("pc-{mac}");

    /** What is put into a name; each tells devices apart. */
    private enum Field {
        NUMBER,
        MAC,
        SERIAL,
        ASSET_TAG;

        String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A plain text, or a field with its width (0: as it is). */
    private record Part(String plain, Optional<Field> field, int width) {}

    public NamingPattern {
        parts(text); // a wrong pattern is refused where it is written
    }

    /**
     * The name of a new device.
     *
     * @param taken whether a name is another device's already
     * @return empty when its facts lack what the pattern needs, or what comes out is no computer name or is taken
     */
    public Optional<String> name(Facts facts, Predicate<String> taken) {
        return name(facts, taken, new HashMap<>());
    }

    /**
     * The same for one of many: none of them looks again at the numbers that were taken for another.
     *
     * @param counted how far those before it have counted, by their name with the number 1; kept up
     */
    public Optional<String> name(Facts facts, Predicate<String> taken, Map<String, Integer> counted) {
        List<Part> parts = parts(text);
        boolean numbered = parts.stream().anyMatch(part -> part.field().equals(Optional.of(Field.NUMBER)));
        Optional<String> first = name(parts, facts, 1);
        if (!numbered || first.isEmpty()) {
            return first.filter(name -> !taken.test(name));
        }
        for (int number = counted.getOrDefault(first.get(), 0) + 1; number <= MOST; number++) {
            Optional<String> name = name(parts, facts, number);
            if (name.isEmpty() || !taken.test(name.get())) {
                counted.put(first.get(), number);
                return name;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> name(List<Part> parts, Facts facts, int number) {
        StringBuilder name = new StringBuilder();
        for (Part part : parts) {
            Optional<String> piece =
                    part.field.isEmpty() ? Optional.of(part.plain) : value(part.field.get(), part.width, facts, number);
            if (piece.isEmpty()) {
                return Optional.empty();
            }
            name.append(piece.get());
        }
        boolean fits = name.length() <= LONGEST
                && !name.toString().startsWith("-")
                && !name.toString().endsWith("-");
        return fits && !name.chars().allMatch(Character::isDigit) ? Optional.of(name.toString()) : Optional.empty();
    }

    private static Optional<String> value(Field field, int width, Facts facts, int number) {
        return switch (field) {
            case NUMBER -> Optional.of(String.format(Locale.ROOT, "%0" + Math.max(1, width) + "d", number));
            case MAC -> last(facts.first(FactName.MAC), width);
            case SERIAL -> last(facts.first(FactName.SERIAL), width);
            case ASSET_TAG -> last(facts.first(FactName.ASSET_TAG), width);
        };
    }

    /** Letters and digits only; the last {@code width} of them tell most. */
    private static Optional<String> last(Optional<String> value, int width) {
        return value.map(found -> found.replaceAll("[^A-Za-z0-9]", ""))
                .map(found -> width == 0 || found.length() <= width ? found : found.substring(found.length() - width))
                .filter(found -> !found.isEmpty());
    }

    private static List<Part> parts(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = FIELD.matcher(text);
        int at = 0;
        boolean tells = false;
        while (matcher.find()) {
            parts.add(plain(text, text.substring(at, matcher.start())));
            Field field = field(text, matcher.group(1));
            parts.add(new Part("", Optional.of(field), width(text, matcher.group(), matcher.group(2))));
            tells = true;
            at = matcher.end();
        }
        parts.add(plain(text, text.substring(at)));
        if (!tells) {
            throw wrong(text, "all devices would be named alike; put {number}, {mac}, {serial} or {asset-tag} into it");
        }
        int fixed = parts.stream().mapToInt(part -> part.plain.length()).sum();
        if (fixed > LONGEST - 1) {
            throw wrong(text, "a computer name has at most " + LONGEST + " characters");
        }
        return parts;
    }

    private static Part plain(String text, String piece) {
        if (!PLAIN.matcher(piece).matches()) {
            throw wrong(
                    text,
                    piece.indexOf('{') >= 0 || piece.indexOf('}') >= 0
                            ? "a field is written as {number:02}, {mac:6}, {serial} or {asset-tag}"
                            : "a computer name has letters, digits and hyphens only, not '" + piece + "'");
        }
        return new Part(piece, Optional.empty(), 0);
    }

    private static Field field(String text, String key) {
        for (Field field : Field.values()) {
            if (field.key().equals(key)) {
                return field;
            }
        }
        throw wrong(text, "there is no field {" + key + "}; the fields are {number}, {mac}, {serial}, {asset-tag}");
    }

    private static int width(String text, String written, @Nullable String digits) {
        if (digits == null) {
            return 0;
        }
        if (digits.isEmpty() || digits.length() > 2 || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > 32) {
            throw wrong(text, "the width in " + written + " must be 1 to 32");
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("naming '" + text + "': " + why);
    }
}
