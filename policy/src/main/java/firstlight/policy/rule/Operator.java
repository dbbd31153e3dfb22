package firstlight.policy.rule;

/** How a fact is compared, as it is written. The parser tells them by their first words: no two begin with the same one. */
enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    LESS("<"),
    AT_MOST("<="),
    MORE(">"),
    AT_LEAST(">="),
    CONTAINS("contains"),
    STARTS_WITH("starts with"),
    ENDS_WITH("ends with"),
    MATCHES("matches"),
    IN("in"),
    IS_KNOWN("is known");

    private final String words;

    Operator(String words) {
        this.words = words;
    }

    /** One word, or two with a space between. */
    String words() {
        return words;
    }

    /** What does not fit is refused when the condition is written; {@link Comparison} relies on it. */
    boolean fits(Fact.Kind kind) {
        return switch (this) {
            case EQUAL, NOT_EQUAL, IN, IS_KNOWN -> true;
            case LESS, AT_MOST, MORE, AT_LEAST -> kind == Fact.Kind.BYTES || kind == Fact.Kind.COUNT;
            case CONTAINS, STARTS_WITH, ENDS_WITH, MATCHES -> kind == Fact.Kind.TEXT;
        };
    }
}
