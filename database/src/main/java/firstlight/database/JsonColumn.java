package firstlight.database;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON in a column, read and written by hand: what is kept must not change when a record's component is renamed. What an older version
 * did not write reads as empty, 0 or false.
 */
final class JsonColumn {
    private static final JsonMapper MAPPER = new JsonMapper();

    private JsonColumn() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String write(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    static JsonNode read(String column) {
        return MAPPER.readTree(column);
    }

    static void texts(ObjectNode node, String key, Collection<String> texts) {
        if (!texts.isEmpty()) {
            ArrayNode array = node.putArray(key);
            texts.forEach(array::add);
        }
    }

    static List<String> texts(JsonNode node, String key) {
        List<String> texts = new ArrayList<>();
        JsonNode array = node.get(key);
        if (array != null) {
            array.forEach(text -> texts.add(text.stringValue()));
        }
        return texts;
    }

    static String text(JsonNode node, String key) {
        JsonNode value = node.get(key);
        return value == null ? "" : value.stringValue();
    }

    static long number(JsonNode node, String key) {
        JsonNode value = node.get(key);
        return value == null ? 0 : value.longValue();
    }

    static boolean flag(JsonNode node, String key) {
        JsonNode value = node.get(key);
        return value != null && value.booleanValue();
    }

    static <T> Optional<T> optional(JsonNode node, String key, Function<JsonNode, T> reader) {
        @Nullable JsonNode value = node.get(key);
        return value == null ? Optional.empty() : Optional.of(reader.apply(value));
    }
}
