package firstlight.server.api;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object of a request, each field read with its check. What is of the wrong form is an {@link ApiProblem} with the field's whole
 * whole path, and null is as good as absent. Fields that a route does not name were refused before.
 *
 * @param path of this object in the body, empty for the body itself; {@code task.options}
 */
record Body(String path, JsonNode node) {
    static final Body NONE = new Body("", Json.object());

    void allow(Set<String> known) throws ApiProblem {
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw ApiProblem.unknownField(name(name), "field", known);
            }
        }
    }

    /** Null does not count; where that means "take it away", routes ask {@code node().has}. */
    boolean has(String field) {
        return get(field) != null;
    }

    /** @throws ApiProblem also for a blank one: as missing */
    String text(String field) throws ApiProblem {
        return secret(field).strip();
    }

    /** As it is: a directory's password may begin or end with a blank. */
    String secret(String field) throws ApiProblem {
        JsonNode value = get(field);
        if (value == null) {
            throw ApiProblem.missing(name(field));
        }
        if (!value.isString()) {
            throw wrong(field, value, "a text");
        }
        if (value.stringValue().isBlank()) {
            throw ApiProblem.missing(name(field));
        }
        return value.stringValue();
    }

    String text(String field, String usual) throws ApiProblem {
        return optional(field).orElse(usual);
    }

    /** An empty text is as good as none. */
    Optional<String> optional(String field) throws ApiProblem {
        JsonNode value = get(field);
        if (value == null || (value.isString() && value.stringValue().isBlank())) {
            return Optional.empty();
        }
        return Optional.of(text(field));
    }

    /** @param from the least, and {@code to} the most that is allowed */
    int number(String field, int usual, int from, int to) throws ApiProblem {
        JsonNode value = get(field);
        if (value == null) {
            return usual;
        }
        if (!value.isInt() || value.intValue() < from || value.intValue() > to) {
            throw wrong(field, value, "a whole number from " + from + " to " + to);
        }
        return value.intValue();
    }

    boolean flag(String field, boolean usual) throws ApiProblem {
        JsonNode value = get(field);
        if (value == null) {
            return usual;
        }
        if (!value.isBoolean()) {
            throw wrong(field, value, "true or false");
        }
        return value.booleanValue();
    }

    /** As {@link Words#of} writes the constants. */
    <E extends Enum<E>> E word(String field, Class<E> type) throws ApiProblem {
        String text = text(field);
        return Words.parse(type, text).orElseThrow(() -> wrong(field, text, "one of " + Words.all(type)));
    }

    <E extends Enum<E>> E word(String field, E usual) throws ApiProblem {
        return has(field) ? word(field, usual.getDeclaringClass()) : usual;
    }

    /** ISO 8601 with an offset. */
    Optional<Instant> instant(String field) throws ApiProblem {
        Optional<String> text = optional(field);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
        } catch (DateTimeParseException e) {
            throw wrong(field, text.get(), "a time like 2026-11-22T18:30:00Z");
        }
    }

    /** One text counts as a list of one. */
    List<String> texts(String field) throws ApiProblem {
        JsonNode value = get(field);
        if (value == null) {
            return List.of();
        }
        if (value.isString()) {
            return List.of(text(field));
        }
        if (!value.isArray()) {
            throw wrong(field, value, "a list of texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isString()) {
                throw wrong(field, element, "a list of texts");
            }
            texts.add(element.stringValue());
        }
        return texts;
    }

    ApiProblem wrong(String field, JsonNode value, String allowed) {
        return value.isString() ? wrong(field, value.stringValue(), allowed) : unfit(field, value.toString(), allowed);
    }

    ApiProblem wrong(String field, String value, String allowed) {
        return unfit(field, "'" + value + "'", allowed);
    }

    /** @param what of the value, in words, where it is too long to be shown, or not the reason */
    ApiProblem unfit(String field, String what, String allowed) {
        return ApiProblem.notAllowed(name(field), "'" + name(field) + "' is " + what, "it must be " + allowed);
    }

    @Nullable
    JsonNode get(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    String name(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
