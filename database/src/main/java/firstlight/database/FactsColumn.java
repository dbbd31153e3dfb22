package firstlight.database;

import firstlight.model.Facts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Facts in one column, as a JSON object of arrays. */
final class FactsColumn {
    private static final JsonMapper JSON = new JsonMapper();

    private FactsColumn() {}

    static String write(Facts facts) {
        ObjectNode node = JSON.createObjectNode();
        facts.byKey().forEach((key, values) -> {
            ArrayNode array = node.putArray(key);
            values.forEach(array::add);
        });
        return JSON.writeValueAsString(node);
    }

    static Facts read(String json) {
        Map<String, List<String>> keyed = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : JSON.readTree(json).properties()) {
            List<String> values = new ArrayList<>();
            property.getValue().forEach(value -> values.add(value.stringValue()));
            keyed.put(property.getKey(), values);
        }
        return Facts.ofKeys(keyed);
    }
}
