package firstlight.policy.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Recursive descent: {@code or} over {@code and} over {@code not} over brackets and comparisons. Reads one token ahead and never goes
 * back; for one text. docs/policy.md has the grammar; what is wrong is told with its place and with what was expected there.
 */
final class ConditionParser {
    /** Deeper brackets are nobody's; recursion must end somewhere. */
    private static final int DEEPEST = 50;

    // No value can be one of these without quotes: else a forgotten value would swallow the 'and' behind it.
    private static final Set<String> KEYWORDS =
            Set.of("and", "or", "not", "in", "is", "known", "contains", "starts", "ends", "with", "matches", "always");

    private final List<Token> tokens;
    private int next;
    private int depth;

    ConditionParser(String text) throws InvalidCondition {
        this.tokens = Lexer.tokens(text);
    }

    /** @throws InvalidCondition of the first thing that is wrong; only that one is told */
    Condition condition() throws InvalidCondition {
        if (peek().type() == Token.Type.END) {
            throw new InvalidCondition("the condition is empty; 'always' matches every device", 1);
        }
        Condition whole = or();
        if (peek().type() != Token.Type.END) {
            // model = OptiPlex 7090 stops here, at 7090
            boolean words = peek().type() != Token.Type.SYMBOL;
            throw unexpected("'and', 'or' or the end" + (words ? "; a text of several words stands in quotes" : ""));
        }
        return whole;
    }

    private Condition or() throws InvalidCondition {
        List<Condition> parts = new ArrayList<>(List.of(and()));
        while (takeWord("or")) {
            parts.add(and());
        }
        return parts.size() == 1 ? parts.getFirst() : new Condition.Or(parts);
    }

    private Condition and() throws InvalidCondition {
        List<Condition> parts = new ArrayList<>(List.of(unary()));
        while (takeWord("and")) {
            parts.add(unary());
        }
        return parts.size() == 1 ? parts.getFirst() : new Condition.And(parts);
    }

    private Condition unary() throws InvalidCondition {
        if (++depth > DEEPEST) {
            throw new InvalidCondition("more than " + DEEPEST + " brackets and nots in each other", peek().at());
        }
        try {
            if (takeWord("not")) {
                return new Condition.Not(unary());
            }
            if (takeSymbol("(")) {
                Condition inner = or();
                expectSymbol(")", "'and', 'or' or ')'");
                return inner;
            }
            if (takeWord("always")) {
                return new Condition.Always();
            }
            return comparison();
        } finally {
            depth--;
        }
    }

    private Condition comparison() throws InvalidCondition {
        Fact fact = fact();
        Token at = peek();
        Operator operator = operator(fact);
        if (!operator.fits(fact.kind())) {
            throw new InvalidCondition(
                    "'" + operator.words() + "' at character " + at.at() + " does not go with " + fact.key()
                            + "; it takes " + operators(fact),
                    at.at());
        }
        if (operator == Operator.IS_KNOWN) {
            return new Comparison(fact, operator, new Operand.Nothing());
        }
        Operands operands = new Operands(fact, operator);
        if (operator == Operator.IN && takeSymbol("(")) {
            do {
                value(operands);
            } while (takeSymbol(","));
            expectSymbol(")", "',' or ')'");
        } else if (operator == Operator.IN && fact.kind() != Fact.Kind.NETWORK) {
            throw unexpected("'(' and a list");
        } else {
            value(operands);
        }
        return new Comparison(fact, operator, operands.operand());
    }

    private Fact fact() throws InvalidCondition {
        Token token = peek();
        if (token.type() != Token.Type.ATOM || KEYWORDS.contains(token.text().toLowerCase(Locale.ROOT))) {
            throw unexpected("a fact, 'not' or '('");
        }
        next++;
        String name = token.text().toLowerCase(Locale.ROOT);
        var known = Fact.ofKey(name);
        if (known.isPresent()) {
            return known.get();
        }
        List<String> keys = Arrays.stream(Fact.values()).map(Fact::key).toList();
        String guess = Likeness.nearest(name, keys)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("the facts are " + String.join(", ", keys));
        throw new InvalidCondition(
                "there is no fact '" + token.text() + "' (character " + token.at() + "); " + guess, token.at());
    }

    private Operator operator(Fact fact) throws InvalidCondition {
        Token token = peek();
        for (Operator operator : Operator.values()) {
            String[] words = operator.words().split(" ", -1);
            if (!token.isWord(words[0]) && !token.isSymbol(words[0])) {
                continue;
            }
            next++;
            if (words.length == 2 && !takeWord(words[1])) {
                throw unexpected("'" + words[1] + "'");
            }
            return operator;
        }
        throw unexpected(operators(fact));
    }

    private static String operators(Fact fact) {
        return Arrays.stream(Operator.values())
                .filter(operator -> operator.fits(fact.kind()))
                .map(operator -> "'" + operator.words() + "'")
                .collect(Collectors.joining(", "));
    }

    private void value(Operands operands) throws InvalidCondition {
        Token token = peek();
        boolean keyword = token.type() == Token.Type.ATOM
                && KEYWORDS.contains(token.text().toLowerCase(Locale.ROOT));
        if (token.type() == Token.Type.SYMBOL || token.type() == Token.Type.END || keyword) {
            throw unexpected(operands.wanted());
        }
        next++;
        Token unit = peek();
        if (operands.takesUnit() && unit.type() == Token.Type.ATOM && Units.isUnit(unit.text())) {
            next++;
            operands.add(new Token(token.type(), token.text() + unit.text(), token.at()));
        } else {
            operands.add(token);
        }
    }

    private Token peek() {
        return tokens.get(next);
    }

    private boolean takeWord(String word) {
        boolean is = peek().isWord(word);
        next += is ? 1 : 0;
        return is;
    }

    private boolean takeSymbol(String symbol) {
        boolean is = peek().isSymbol(symbol);
        next += is ? 1 : 0;
        return is;
    }

    private void expectSymbol(String symbol, String wanted) throws InvalidCondition {
        if (!takeSymbol(symbol)) {
            throw unexpected(wanted);
        }
    }

    private InvalidCondition unexpected(String wanted) {
        Token found = peek();
        return new InvalidCondition(
                "at character " + found.at() + " there is " + found.shown() + ", expected " + wanted, found.at());
    }
}
