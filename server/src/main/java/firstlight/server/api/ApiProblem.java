package firstlight.server.api;

import java.util.Collection;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that cannot be done; becomes an RFC 9457 problem that names the field and the cure. Nothing was changed. The message is the
 * problem's {@code detail}.
 */
final class ApiProblem extends Exception {
    private static final long serialVersionUID = 1;

    private final ProblemKind kind;
    private final String field;
    private final String cure;

    private ApiProblem(ProblemKind kind, String field, String what, String cure) {
        super(what);
        this.kind = kind;
        this.field = field;
        this.cure = cure;
    }

    /**
     * @param what is wrong, with the value as it was given, in one line
     * @param cure what to do; empty where there is nothing
     */
    static ApiProblem of(ProblemKind kind, String what, String cure) {
        return new ApiProblem(kind, "", what, cure);
    }

    static ApiProblem notFound(String what, String cure) {
        return of(ProblemKind.NOT_FOUND, what, cure);
    }

    static ApiProblem conflict(String what, String cure) {
        return of(ProblemKind.CONFLICT, what, cure);
    }

    /** @param field by its whole path, {@code task.options} */
    static ApiProblem notAllowed(String field, String what, String cure) {
        return new ApiProblem(ProblemKind.NOT_ALLOWED, field, what, cure);
    }

    static ApiProblem missing(String field) {
        return new ApiProblem(ProblemKind.MISSING, field, "'" + field + "' is missing", "give it a value");
    }

    /**
     * @param sort what it is called: field, parameter, column
     * @param known among which the nearest is proposed
     */
    static ApiProblem unknownField(String field, String sort, Collection<String> known) {
        String last = field.substring(field.lastIndexOf('.') + 1);
        String cure = Words.nearest(last, known)
                .map(near -> "did you mean '" + near + "'?")
                .orElse(
                        known.isEmpty()
                                ? "none is allowed here"
                                : "allowed: " + String.join(", ", new TreeSet<>(known)));
        return new ApiProblem(ProblemKind.UNKNOWN_FIELD, field, "unknown " + sort + " '" + field + "'", cure);
    }

    ProblemKind kind() {
        return kind;
    }

    String cure() {
        return cure;
    }

    ObjectNode json() {
        ObjectNode node = Json.object()
                .put("type", kind.type())
                .put("title", kind.title())
                .put("status", kind.status())
                .put("detail", getMessage());
        if (!field.isEmpty()) {
            node.put("field", field);
        }
        return node.put("cure", cure);
    }
}
