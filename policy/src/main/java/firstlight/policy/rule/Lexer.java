package firstlight.policy.rule;

import java.util.ArrayList;
import java.util.List;

/** Cuts the text of a condition into tokens. */
final class Lexer {
    // In characters; more is refused before any of it is read.
    private static final int LONGEST = 4_000;

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String text) {
        this.text = text;
    }

    /**
     * The last is {@link Token.Type#END}, so that who reads ahead need not ask whether there is more.
     *
     * @throws InvalidCondition when {@code text} is too long, a quote is not closed, or a character is none of a condition's
     */
    static List<Token> tokens(String text) throws InvalidCondition {
        if (text.length() > LONGEST) {
            throw new InvalidCondition(
                    "a condition has at most " + LONGEST + " characters, this one " + text.length(), 1);
        }
        Lexer lexer = new Lexer(text);
        lexer.cut();
        return lexer.tokens;
    }

    private void cut() throws InvalidCondition {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '"' || c == '\'') {
                quoted(c);
            } else if (isAtom(c)) {
                atom();
            } else {
                symbol(c);
            }
        }
        tokens.add(new Token(Token.Type.END, "", text.length() + 1));
    }

    private static boolean isAtom(char c) {
        return Character.isLetterOrDigit(c) || "._:/-".indexOf(c) >= 0;
    }

    private void atom() {
        int from = at;
        while (at < text.length() && isAtom(text.charAt(at))) {
            at++;
        }
        tokens.add(new Token(Token.Type.ATOM, text.substring(from, at), from + 1));
    }

    /** A backslash before a quote or a backslash takes its meaning away; before anything else it stands for itself. */
    private void quoted(char quote) throws InvalidCondition {
        int from = at++;
        StringBuilder inside = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at);
            boolean escape = c == '\\'
                    && at + 1 < text.length()
                    && (text.charAt(at + 1) == '\\' || text.charAt(at + 1) == quote);
            inside.append(escape ? text.charAt(at + 1) : c);
            at += escape ? 2 : 1;
        }
        if (at >= text.length()) {
            throw new InvalidCondition("the quote at character " + (from + 1) + " is not closed", from + 1);
        }
        at++;
        tokens.add(new Token(Token.Type.QUOTED, inside.toString(), from + 1));
    }

    private void symbol(char c) throws InvalidCondition {
        boolean twice = at + 1 < text.length() && text.charAt(at + 1) == '=' && "!<>".indexOf(c) >= 0;
        String symbol = twice ? c + "=" : String.valueOf(c);
        if (!twice && "=<>(),".indexOf(c) < 0) {
            throw new InvalidCondition(
                    "'" + c + "' at character " + (at + 1) + " means nothing here; texts stand in quotes", at + 1);
        }
        tokens.add(new Token(Token.Type.SYMBOL, symbol, at + 1));
        at += symbol.length();
    }
}
