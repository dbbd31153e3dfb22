package firstlight.server.api;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON trees, made by hand: what the API says is decided here and in its OpenAPI document, not by a class's fields. */
final class Json {
    static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode texts(Collection<String> texts) {
        ArrayNode array = MAPPER.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    static <T> ArrayNode array(Collection<T> items, Function<T, ? extends JsonNode> view) {
        ArrayNode array = MAPPER.createArrayNode();
        items.forEach(item -> array.add(view.apply(item)));
        return array;
    }

    /** An object, not a bare array: more can stand beside the list later. */
    static <T> ObjectNode items(List<T> items, Function<T, ? extends JsonNode> view) {
        ObjectNode node = object();
        node.set("items", array(items, view));
        return node;
    }
}
