package firstlight.image.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object that was read over the library's tokens: its binder of objects is as large as the rest of the engine, which
 * the imaging environment carries. Whatever is not as the format has it is an {@link IllegalArgumentException} (or the
 * library's own); keys that nobody asks for are left alone.
 */
public record JsonTree(Map<?, ?> byKey) {
    private static final JsonFactory JSON = new JsonFactory();

    /** One object, and nothing behind it. */
    public static JsonTree parse(String text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            JsonTree tree = of(value(parser, parser.nextToken()));
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("something follows the end of its header");
            }
            return tree;
        }
    }

    /** @throws IllegalArgumentException where the key is missing or something else, as all that follow */
    public String text(String key) {
        return text(byKey.get(key));
    }

    public long number(String key) {
        if (byKey.get(key) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("'" + key + "' is no whole number");
    }

    /** {@code absent} when nobody wrote it, as before a format had it. */
    public long number(String key, long absent) {
        return byKey.containsKey(key) ? number(key) : absent;
    }

    /** A {@link #number} that fits into an int; else an ArithmeticException. */
    public int count(String key) {
        return Math.toIntExact(number(key));
    }

    public List<String> texts(String key) {
        return list(key).stream().map(JsonTree::text).toList();
    }

    public List<JsonTree> objects(String key) {
        return list(key).stream().map(JsonTree::of).toList();
    }

    private List<?> list(String key) {
        if (byKey.get(key) instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("'" + key + "' is no array");
    }

    private static JsonTree of(@Nullable Object value) {
        if (value instanceof Map<?, ?> byKey) {
            return new JsonTree(byKey);
        }
        throw new IllegalArgumentException("no object where the format has one");
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no string where the format has one");
    }

    /** A string, a long, a list, a map; null for what the formats do not have (fractions, booleans). */
    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new HashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    members.put(name, value(parser, parser.nextToken()));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    elements.add(value(parser, next));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case null, default -> null;
        };
    }
}
