package firstlight.server.api;

import firstlight.server.access.Caller;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request's parts, each read with its check. Data alone: one that a second person must confirm is kept and done later.
 *
 * @param segments of the path below /api, decoded
 * @param variables of the route's template, by name
 * @param parameters behind the question mark; of several with one name the first
 * @param text of a route that takes text, else empty
 * @param octets of a route that takes them, to be read once; else empty
 * @param asker empty where nobody signed in; routes that need somebody are not reached then
 * @param origin what the connection tells
 * @param now when it came: one moment for all that it does
 * @param confirmed what a second person has said yes to; empty while nobody has
 */
record Request(
        String method,
        List<String> segments,
        Map<String, String> variables,
        Map<String, String> parameters,
        Body body,
        String text,
        InputStream octets,
        Optional<Caller> asker,
        Origin origin,
        Instant now,
        Optional<Confirmed> confirmed) {
    /**
     * @param address whence it comes
     * @param secret token or session, as it was sent; empty for none
     * @param ifMatch RFC 9110 13.1.1
     * @param own how the caller names this server: {@code https://firstlight.school:8444}
     */
    record Origin(String address, String secret, Map<String, String> cookies, Optional<String> ifMatch, String own) {}

    /**
     * @param devices that were meant when it was asked for
     * @param words that the second person has read
     * @param groups that were meant, where it names some
     */
    record Confirmed(List<Long> devices, String words, List<Long> groups) {
        Confirmed {
            devices = List.copyOf(devices);
            groups = List.copyOf(groups);
        }
    }

    /** The same, in other words. */
    Request with(Body said) {
        return new Request(method, segments, variables, parameters, said, text, octets, asker, origin, now, confirmed);
    }

    /** A wish that nobody reads would be silently not granted. */
    void refuseUnknown(Route route) throws ApiProblem {
        body.allow(route.fields());
        for (String name : parameters.keySet()) {
            if (!route.query().contains(name) && !route.others()) {
                throw ApiProblem.unknownField(name, "parameter", route.query());
            }
        }
    }

    /** @throws IllegalStateException for a name that the route's template has not: a mistake of ours */
    String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalStateException("the route has no {" + name + "}");
        }
        return value;
    }

    /** What is no number is not there, as what has another number: 404. */
    long number(String variable, String what, String cure) throws ApiProblem {
        String text = variable(variable);
        if (!text.matches("\\d{1,18}")) {
            throw ApiProblem.notFound("there is no " + what + " '" + text + "'", cure);
        }
        return Long.parseLong(text);
    }

    /** Whoever gets this far was admitted. */
    Caller caller() {
        return asker.orElseThrow();
    }

    /** An empty one is as good as none. */
    Optional<String> query(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(text -> !text.isBlank());
    }

    /**
     * What narrows a list.
     *
     * @throws ApiProblem 422 for one that stands there blank (a variable that is not set): it would narrow nothing
     */
    Optional<String> filter(String name) throws ApiProblem {
        Optional<String> text = Optional.ofNullable(parameters.get(name));
        if (text.filter(String::isBlank).isPresent()) {
            throw ApiProblem.notAllowed(
                    name, "'" + name + "' is empty", "name one, or leave '" + name + "' out for all");
        }
        return text;
    }

    long query(String name, long usual) throws ApiProblem {
        Optional<String> value = query(name);
        try {
            return value.isEmpty() ? usual : Long.parseLong(value.get());
        } catch (NumberFormatException e) {
            throw ApiProblem.notAllowed(name, "'" + name + "' is '" + value.get() + "'", "it must be a whole number");
        }
    }

    /** @throws ApiProblem when it is less than 1 or more than {@code most}: a list that is cut without a word is worse */
    int limit(int usual, int most) throws ApiProblem {
        long limit = query("limit", usual);
        if (limit < 1 || limit > most) {
            throw ApiProblem.notAllowed("limit", "'limit' is " + limit, "it must be from 1 to " + most);
        }
        return (int) limit;
    }

    boolean flag(String name) throws ApiProblem {
        return switch (query(name).orElse("false")) {
            case "true", "yes", "1" -> true;
            case "false", "no", "0" -> false;
            default ->
                throw ApiProblem.notAllowed(name, "'" + name + "' is neither true nor false", "say true or false");
        };
    }

    <E extends Enum<E>> Optional<E> word(String name, Class<E> type) throws ApiProblem {
        Optional<String> text = filter(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<E> word = Words.parse(type, text.get());
        if (word.isEmpty()) {
            throw ApiProblem.notAllowed(
                    name, "'" + name + "' is '" + text.get() + "'", "it must be one of " + Words.all(type));
        }
        return word;
    }
}
