package firstlight.wire.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One JSON object being read. Fields that nobody asks for are let through: the other side may be newer. */
record Fields(JsonNode node) {
    private static final JsonMapper JSON = new JsonMapper();

    static Fields parse(byte[] utf8) throws MalformedMessage {
        JsonNode node;
        try {
            node = JSON.readTree(utf8);
        } catch (JacksonException e) {
            throw new MalformedMessage("no JSON: " + e.getOriginalMessage());
        }
        if (!node.isObject()) {
            throw new MalformedMessage("no JSON object but " + node.getNodeType());
        }
        return new Fields(node);
    }

    String text(String name) throws MalformedMessage {
        JsonNode value = present(name);
        if (!value.isString()) {
            throw new MalformedMessage("'" + name + "' is no string");
        }
        return value.stringValue();
    }

    long number(String name) throws MalformedMessage {
        JsonNode value = present(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new MalformedMessage("'" + name + "' is no whole number");
        }
        return value.longValue();
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
        JsonNode value = node.get(name);
        if (value == null) {
            return false;
        }
        if (!value.isBoolean()) {
            throw new MalformedMessage("'" + name + "' is neither true nor false");
        }
        return value.booleanValue();
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
        return texts(name, present(name));
    }

    /** An object of arrays of strings. */
    Map<String, List<String>> textsByKey(String name) throws MalformedMessage {
        JsonNode value = present(name);
        if (!value.isObject()) {
            throw new MalformedMessage("'" + name + "' is no object");
        }
        Map<String, List<String>> byKey = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            byKey.put(property.getKey(), texts(name + "." + property.getKey(), property.getValue()));
        }
        return byKey;
    }

    private static List<String> texts(String name, JsonNode array) throws MalformedMessage {
        if (!array.isArray()) {
            throw new MalformedMessage("'" + name + "' is no array");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array) {
            if (!element.isString()) {
                throw new MalformedMessage("'" + name + "' holds something that is no string");
            }
            texts.add(element.stringValue());
        }
        return texts;
    }

    private JsonNode present(String name) throws MalformedMessage {
        JsonNode value = node.get(name);
        if (value == null) {
            throw new MalformedMessage("'" + name + "' is missing");
        }
        return value;
    }
}
