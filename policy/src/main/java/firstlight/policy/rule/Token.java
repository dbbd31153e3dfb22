package firstlight.policy.rule;

import java.util.Locale;

/**
 * A piece of a condition's text.
 *
 * @param text without its quotes; of a symbol, the symbol
 * @param at its first character, from 1
 */
record Token(Type type, String text, int at) {
    enum Type {
        /** A run of letters, digits and {@code . _ : / -}: a name, a keyword, a number, an address. */
        ATOM,
        QUOTED,
        SYMBOL,
        END
    }

    boolean isWord(String word) {
        return type == Type.ATOM && text.toLowerCase(Locale.ROOT).equals(word);
    }

    boolean isSymbol(String symbol) {
        return type == Type.SYMBOL && text.equals(symbol);
    }

    /** As an error names it. */
    String shown() {
        return switch (type) {
            case ATOM, SYMBOL -> "'" + text + "'";
            case QUOTED -> '"' + text + '"';
            case END -> "the end";
        };
    }
}
