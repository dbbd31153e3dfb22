package firstlight.database;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Facts in one column: a line a fact, its key and its values with tabs between. Ten thousand of them are read at each start, so
 * it is no JSON; what an older version wrote as JSON is still read.
 */
final class FactsColumn {
    private FactsColumn() {}

    static String write(Facts facts) {
        StringBuilder column = new StringBuilder();
        facts.values().forEach((name, values) -> {
            column.append(name.key());
            values.forEach(value -> escaped(column.append('\t'), value));
            column.append('\n');
        });
        return column.toString();
    }

    private static void escaped(StringBuilder column, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> column.append("\\\\");
                case '\t' -> column.append("\\t");
                case '\n' -> column.append("\\n");
                default -> column.append(c);
            }
        }
    }

    /** @throws IllegalStateException for a line that is no fact; values of facts that are not known are left out */
    static Facts read(String column) {
        if (column.startsWith("{")) {
            return readJson(column);
        }
        EnumMap<FactName, List<String>> facts = new EnumMap<>(FactName.class);
        int line = 0;
        while (line < column.length()) {
            int end = column.indexOf('\n', line);
            int tab = column.indexOf('\t', line);
            if (end < 0 || tab < 0 || tab > end) {
                throw new IllegalStateException("the database holds facts that are none: '" + column + "'");
            }
            List<String> values = new ArrayList<>(1);
            int from = tab + 1;
            for (int next = column.indexOf('\t', from); next >= 0 && next < end; next = column.indexOf('\t', from)) {
                values.add(plain(column.substring(from, next)));
                from = next + 1;
            }
            values.add(plain(column.substring(from, end)));
            // What a newer version knew is left out.
            FactName.ofKey(column.substring(line, tab)).ifPresent(name -> facts.put(name, values));
            line = end + 1;
        }
        return new Facts(facts);
    }

    private static String plain(String value) {
        if (value.indexOf('\\') < 0) {
            return value;
        }
        StringBuilder text = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                i++;
                char escaped = value.charAt(i);
                text.append(escaped == 't' ? '\t' : escaped == 'n' ? '\n' : escaped);
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static Facts readJson(String json) {
        EnumMap<FactName, List<String>> facts = new EnumMap<>(FactName.class);
        for (Map.Entry<String, JsonNode> property :
                new JsonMapper().readTree(json).properties()) {
            List<String> values = new ArrayList<>();
            property.getValue().forEach(value -> values.add(value.stringValue()));
            FactName.ofKey(property.getKey()).ifPresent(name -> facts.put(name, values));
        }
        return new Facts(facts);
    }
}
