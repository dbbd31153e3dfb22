package firstlight.image.lvm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** LVM's configuration syntax: {@code key = value}, sections in braces, arrays in brackets, comments after a hash. */
final class ConfigText {
    private final String text;
    private int at;

    private ConfigText(String text) {
        this.text = text;
    }

    /**
     * A section's members in their order: a String, Long, List or Section each.
     *
     * @param members by name
     */
    record Section(Map<String, Object> members) {
        /** @throws IllegalArgumentException where it is not there, or no number; as {@link #text} */
        long number(String name) {
            if (members.get(name) instanceof Long number) {
                return number;
            }
            throw new IllegalArgumentException("its metadata has no number '" + name + "'");
        }

        String text(String name) {
            if (members.get(name) instanceof String text) {
                return text;
            }
            throw new IllegalArgumentException("its metadata has no text '" + name + "'");
        }

        /** Empty where there is none. */
        List<?> list(String name) {
            return members.get(name) instanceof List<?> list ? list : List.of();
        }

        /** The same but for one member, which keeps its place when there was one. */
        Section with(String name, Object value) {
            Map<String, Object> changed = new LinkedHashMap<>(members);
            changed.put(name, value);
            return new Section(changed);
        }

        /** An absent one is empty. */
        Section section(String name) {
            return members.get(name) instanceof Section section ? section : new Section(Map.of());
        }

        Map<String, Section> sections() {
            Map<String, Section> sections = new LinkedHashMap<>();
            members.forEach((name, value) -> {
                if (value instanceof Section section) {
                    sections.put(name, section);
                }
            });
            return sections;
        }
    }

    /** @throws IllegalArgumentException when it is not this syntax */
    static Section parse(String text) {
        ConfigText parser = new ConfigText(text);
        Section all = parser.section();
        if (parser.at < text.length()) {
            throw parser.wrong();
        }
        return all;
    }

    /** The same in LVM's own manner, so that {@link #parse} gives the same again. Comments were lost when it was read. */
    static String write(Section section) {
        StringBuilder text = new StringBuilder();
        section.members().forEach((name, value) -> {
            String key = name.matches("[A-Za-z0-9_.+-]+") ? name : quoted(name);
            if (value instanceof Section inner) {
                text.append(key).append(" {\n").append(write(inner)).append("}\n");
            } else {
                text.append(key).append(" = ").append(written(value)).append('\n');
            }
        });
        return text.toString();
    }

    private static String written(Object value) {
        if (value instanceof List<?> list) {
            return "["
                    + String.join(", ", list.stream().map(ConfigText::written).toList()) + "]";
        }
        return value instanceof Long number ? number.toString() : quoted(String.valueOf(value));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private Section section() {
        Map<String, Object> members = new LinkedHashMap<>();
        for (char next = next(); next != 0 && next != '}'; next = next()) {
            String name = next == '"' ? string() : word();
            if (next() == '{') {
                at++;
                members.put(name, section());
                expect('}');
            } else {
                expect('=');
                members.put(name, value());
            }
        }
        return new Section(members);
    }

    private Object value() {
        char next = next();
        if (next == '"') {
            return string();
        }
        if (next == '[') {
            at++;
            List<Object> list = new ArrayList<>();
            while (next() != ']') {
                list.add(value());
                if (next() == ',') {
                    at++;
                }
            }
            at++;
            return list;
        }
        String word = word();
        // Up to 18 digits are a long. Fractions and bare words stay text, and are written in quotes again.
        return word.matches("-?\\d{1,18}") ? Long.valueOf(word) : word;
    }

    private String string() {
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
            if (text.charAt(at) == '\\') {
                at++;
            }
            if (at < text.length()) {
                value.append(text.charAt(at));
            }
        }
        expect('"');
        return value.toString();
    }

    private String word() {
        int start = at;
        while (at < text.length() && " \t\r\n{}[]=,#\"".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        if (at == start) {
            throw wrong();
        }
        return text.substring(start, at);
    }

    /** The next character that is neither space nor comment; 0 at the end. */
    private char next() {
        for (; at < text.length(); at++) {
            char here = text.charAt(at);
            if (here == '#') {
                while (at + 1 < text.length() && text.charAt(at + 1) != '\n') {
                    at++;
                }
            } else if (!Character.isWhitespace(here)) {
                return here;
            }
        }
        return 0;
    }

    private void expect(char wanted) {
        if (next() != wanted) {
            throw wrong();
        }
        at++;
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("its metadata cannot be read at character " + at);
    }
}
