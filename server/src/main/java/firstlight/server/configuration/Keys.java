package firstlight.server.configuration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One mapping of the file being read. Remembers which keys it was asked for, so that {@link #end} can refuse the others. Null is as if
 * the key were not there.
 */
final class Keys {
    private final String path;
    private final @Nullable JsonNode node;
    private final Set<String> allowed = new LinkedHashSet<>();

    /**
     * @param path of this mapping, for messages; empty for the file's
     * @param node null where the file has none: every key has its usual value then
     */
    private Keys(String path, @Nullable JsonNode node) {
        this.path = path;
        this.node = node;
    }

    static Keys root(JsonNode node) throws InvalidConfiguration {
        return at("", node);
    }

    private static Keys at(String path, @Nullable JsonNode node) throws InvalidConfiguration {
        if (node != null && !node.isNull() && !node.isObject() && !node.isMissingNode()) {
            throw new InvalidConfiguration(
                    (path.isEmpty() ? "the file" : "'" + path + "'") + " must hold keys with values");
        }
        return new Keys(path, node != null && node.isObject() ? node : null);
    }

    /** Counts as a question: the key is allowed. */
    boolean has(String key) {
        return get(key) != null;
    }

    /** One without any key where the file has none. */
    Keys keys(String key) throws InvalidConfiguration {
        return at(name(key), get(key));
    }

    String text(String key, String usual) throws InvalidConfiguration {
        JsonNode value = get(key);
        if (value == null) {
            return usual;
        }
        if (!value.isString()) {
            throw wrong(key, value, "a text");
        }
        return value.stringValue();
    }

    Optional<String> text(String key) throws InvalidConfiguration {
        return has(key) ? Optional.of(text(key, "")) : Optional.empty();
    }

    int number(String key, int usual, int from, int to) throws InvalidConfiguration {
        JsonNode value = get(key);
        if (value == null) {
            return usual;
        }
        if (!value.isInt() || value.intValue() < from || value.intValue() > to) {
            throw wrong(key, value, "a whole number from " + from + " to " + to);
        }
        return value.intValue();
    }

    boolean flag(String key, boolean usual) throws InvalidConfiguration {
        JsonNode value = get(key);
        if (value == null) {
            return usual;
        }
        if (!value.isBoolean()) {
            throw wrong(key, value, "true or false");
        }
        return value.booleanValue();
    }

    <E extends Enum<E>> E word(String key, E usual) throws InvalidConfiguration {
        JsonNode value = get(key);
        return value == null ? usual : word(key, value, usual.getDeclaringClass());
    }

    <E extends Enum<E>> Set<E> words(String key, Class<E> type) throws InvalidConfiguration {
        Set<E> words = new LinkedHashSet<>();
        for (JsonNode element : elements(key)) {
            words.add(word(key, element, type));
        }
        return words;
    }

    List<String> texts(String key) throws InvalidConfiguration {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : elements(key)) {
            if (!element.isString()) {
                throw wrong(key, element, "a list of texts");
            }
            texts.add(element.stringValue());
        }
        return texts;
    }

    List<Keys> list(String key) throws InvalidConfiguration {
        List<Keys> list = new ArrayList<>();
        for (JsonNode element : elements(key)) {
            list.add(at(name(key) + "[" + (list.size() + 1) + "]", element));
        }
        return list;
    }

    /**
     * Call when all keys were read.
     *
     * @throws InvalidConfiguration for a key that nobody asked for
     */
    void end() throws InvalidConfiguration {
        if (node == null) {
            return;
        }
        for (String key : node.propertyNames()) {
            if (!allowed.contains(key)) {
                throw new InvalidConfiguration(
                        "unknown key '" + name(key) + "'; allowed here: " + String.join(", ", allowed));
            }
        }
    }

    InvalidConfiguration wrong(String key, JsonNode value, String allowedValues) {
        return value.isString()
                ? wrong(key, value.stringValue(), allowedValues)
                : unfit(key, value.toString(), allowedValues);
    }

    InvalidConfiguration wrong(String key, String value, String allowedValues) {
        return unfit(key, "'" + value + "'", allowedValues);
    }

    /** @param what of the value, in words, where it is missing, or too long to be shown */
    InvalidConfiguration unfit(String key, String what, String allowedValues) {
        return new InvalidConfiguration("'" + name(key) + "' is " + what + "; it must be " + allowedValues);
    }

    private Iterable<JsonNode> elements(String key) throws InvalidConfiguration {
        JsonNode value = get(key);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(key, value, "a list");
        }
        return value;
    }

    private <E extends Enum<E>> E word(String key, JsonNode value, Class<E> type) throws InvalidConfiguration {
        for (E constant : type.getEnumConstants()) {
            if (value.isString() && word(constant).equals(value.stringValue())) {
                return constant;
            }
        }
        throw wrong(
                key,
                value,
                Arrays.stream(type.getEnumConstants()).map(Keys::word).collect(Collectors.joining(" or ")));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private @Nullable JsonNode get(String key) {
        allowed.add(key);
        JsonNode value = node == null ? null : node.get(key);
        return value == null || value.isNull() ? null : value;
    }

    private String name(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
