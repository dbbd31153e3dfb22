package firstlight.wire.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One JSON object being read: strings, longs, booleans, lists and maps by their names. Fields that nobody asks for are let
 * through: the other side may be newer.
 */
record Fields(Map<?, ?> members) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Stands for null, fractions and numbers beyond a long, which no message has. */
    private static final Object OTHER = new Object();

    static Fields parse(byte[] utf8) throws MalformedMessage {
        Object value;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8)) {
            value = value(parser, parser.nextToken());
            if (value != null && parser.nextToken() != null) {
                throw new MalformedMessage("no JSON: something follows its end");
            }
        } catch (JacksonException e) {
            throw new MalformedMessage("no JSON: " + e.getOriginalMessage());
        }
        if (value instanceof Map<?, ?> members) {
            return new Fields(members);
        }
        throw new MalformedMessage("no JSON object but " + (value == null ? "nothing" : kind(value)));
    }

    /** Null where the text has ended. */
    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token) {
        return switch (token) {
            case null -> null;
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    members.put(name, present(value(parser, parser.nextToken())));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    elements.add(present(value(parser, next)));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? OTHER : (Object) parser.getLongValue();
            case VALUE_NULL,
                    VALUE_NUMBER_FLOAT,
                    VALUE_EMBEDDED_OBJECT,
                    NOT_AVAILABLE,
                    PROPERTY_NAME,
                    END_OBJECT,
                    END_ARRAY -> OTHER;
        };
    }

    /** The parser complains itself where a text ends within an object or array. */
    private static Object present(@Nullable Object value) {
        return value == null ? OTHER : value;
    }

    private static String kind(Object value) {
        return value instanceof List<?> ? "an array" : "a single value";
    }

    String text(String name) throws MalformedMessage {
        if (field(name) instanceof String text) {
            return text;
        }
        throw new MalformedMessage("'" + name + "' is no string");
    }

    long number(String name) throws MalformedMessage {
        if (field(name) instanceof Long number) {
            return number;
        }
        throw new MalformedMessage("'" + name + "' is no whole number");
    }

    int count(String name) throws MalformedMessage {
        long value = number(name);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new MalformedMessage("'" + name + "' is " + value);
        }
        return (int) value;
    }

    /** False when it is not there. */
    boolean flag(String name) throws MalformedMessage {
        Object value = members.get(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new MalformedMessage("'" + name + "' is neither true nor false");
    }

    <E extends Enum<E>> E word(String name, Class<E> type) throws MalformedMessage {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        throw new MalformedMessage("'" + name + "' is '" + text + "', none of " + List.of(type.getEnumConstants()));
    }

    List<String> texts(String name) throws MalformedMessage {
        return texts(name, field(name));
    }

    /** Empty when it is not there. */
    List<String> textsIfAny(String name) throws MalformedMessage {
        Object value = members.get(name);
        return value == null ? List.of() : texts(name, value);
    }

    /** An object of arrays of strings. */
    Map<String, List<String>> textsByKey(String name) throws MalformedMessage {
        if (!(field(name) instanceof Map<?, ?> keyed)) {
            throw new MalformedMessage("'" + name + "' is no object");
        }
        Map<String, List<String>> byKey = new LinkedHashMap<>();
        for (Map.Entry<?, ?> property : keyed.entrySet()) {
            String key = String.valueOf(property.getKey());
            byKey.put(key, texts(name + "." + key, property.getValue()));
        }
        return byKey;
    }

    /** An object of this one; empty when it is not there. */
    Optional<Fields> inside(String name) throws MalformedMessage {
        Object value = members.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map<?, ?> inner) {
            return Optional.of(new Fields(inner));
        }
        throw new MalformedMessage("'" + name + "' is no object");
    }

    /** An object of strings; one that is not there is empty. */
    SortedMap<String, String> textByKey(String name) throws MalformedMessage {
        SortedMap<String, String> byKey = new TreeMap<>();
        if (members.get(name) == null) {
            return byKey;
        }
        if (!(field(name) instanceof Map<?, ?> keyed)) {
            throw new MalformedMessage("'" + name + "' is no object");
        }
        for (Map.Entry<?, ?> property : keyed.entrySet()) {
            if (!(property.getValue() instanceof String text)) {
                throw new MalformedMessage("'" + name + "' holds something that is no string");
            }
            byKey.put(String.valueOf(property.getKey()), text);
        }
        return byKey;
    }

    private static List<String> texts(String name, Object value) throws MalformedMessage {
        if (!(value instanceof List<?> elements)) {
            throw new MalformedMessage("'" + name + "' is no array");
        }
        List<String> texts = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof String text)) {
                throw new MalformedMessage("'" + name + "' holds something that is no string");
            }
            texts.add(text);
        }
        return texts;
    }

    private Object field(String name) throws MalformedMessage {
        Object value = members.get(name);
        if (value == null) {
            throw new MalformedMessage("'" + name + "' is missing");
        }
        return value;
    }
}
