package firstlight.policy.rule;

import firstlight.model.MacAddress;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Reads the right side of one comparison, value by value, as the fact's kind wants it. One for each comparison, of one thread. What is
 * wrong is refused here, where its place in the text is known, so that a comparison need not be checked at each packet.
 */
final class Operands {
    // 15 digits before the point keep each number within a long before its unit is looked at.
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?)([a-zA-Z]*)");

    private final Fact fact;
    private final Operator operator;
    private final List<String> texts = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();

    Operands(Fact fact, Operator operator) {
        this.fact = fact;
        this.operator = operator;
    }

    /** A unit may stand apart from its number ({@code 8 GiB}): the parser joins the two before it adds them. */
    boolean takesUnit() {
        return fact.kind() == Fact.Kind.BYTES;
    }

    /** What an error says was expected. */
    String wanted() {
        return switch (fact.kind()) {
            case TEXT -> "a text in quotes";
            case WORD -> fact.words().stream().sorted().collect(Collectors.joining(" or "));
            case BYTES -> "a number with its unit, such as 8 GiB";
            case COUNT -> "a whole number";
            case NETWORK -> "an address or network, such as 10.1.0.0/16";
        };
    }

    /** @throws InvalidCondition for what the fact's kind cannot be; it names the token and its place */
    void add(Token token) throws InvalidCondition {
        switch (fact.kind()) {
            case TEXT -> texts.add(text(token));
            case WORD -> texts.add(word(token));
            case BYTES, COUNT -> number(token);
            case NETWORK -> numbers.add(network(token));
        }
    }

    /** Of all that was added: at least one, and exactly one for all operators but {@code in}. */
    Operand operand() {
        return switch (fact.kind()) {
            case TEXT ->
                operator == Operator.MATCHES ? Operand.Expression.of(texts.getFirst()) : Operand.Texts.of(texts);
            case WORD -> Operand.Texts.of(texts);
            case BYTES, COUNT -> new Operand.Numbers(numbers, texts);
            case NETWORK -> new Operand.Networks(numbers);
        };
    }

    private String text(Token token) throws InvalidCondition {
        if (token.text().isBlank()) {
            throw wrong(
                    token, "a fact is never empty; write 'not (" + fact.key() + " is known)' for one that is missing");
        }
        if (operator == Operator.MATCHES) {
            try {
                Pattern.compile(token.text());
            } catch (PatternSyntaxException e) {
                throw wrong(token, "no regular expression: " + e.getDescription());
            }
        }
        boolean whole = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL || operator == Operator.IN;
        // Facts are written with colons, persons write hyphens too; a part of an address (contains, starts with, ...)
        // is compared as it was typed.
        if (fact == Fact.MAC && whole) {
            try {
                return MacAddress.parse(token.text()).toString();
            } catch (IllegalArgumentException e) {
                throw wrong(token, "no MAC address; write it as 52:54:00:12:34:56");
            }
        }
        return token.text();
    }

    private String word(Token token) throws InvalidCondition {
        String word = token.text().toLowerCase(Locale.ROOT);
        if (!fact.words().contains(word)) {
            throw wrong(token, fact.key() + " is always " + wanted());
        }
        return word;
    }

    private void number(Token token) throws InvalidCondition {
        Matcher matcher = NUMBER.matcher(token.text());
        boolean octets = fact.kind() == Fact.Kind.BYTES;
        if (!matcher.matches()
                || (octets ? !Units.isUnit(matcher.group(2)) : !matcher.group(2).isEmpty())) {
            throw wrong(token, "expected " + wanted() + (octets ? "; units are " + Units.NAMES : ""));
        }
        BigDecimal value = new BigDecimal(matcher.group(1));
        if (!octets && matcher.group(1).indexOf('.') >= 0) {
            throw wrong(token, "expected " + wanted());
        }
        numbers.add(
                octets
                        ? Units.octets(value, matcher.group(2))
                                .orElseThrow(() -> wrong(token, "more than any disk or memory has"))
                        : value.longValueExact());
        texts.add(octets ? matcher.group(1) + " " + Units.canonical(matcher.group(2)) : matcher.group(1));
    }

    private long network(Token token) throws InvalidCondition {
        OptionalLong network = FactValues.network(token.text());
        if (network.isEmpty()) {
            throw wrong(token, "expected " + wanted());
        }
        long packed = network.getAsLong();
        if (!isNetwork(packed)) {
            throw wrong(token, "the address has bits beyond its prefix");
        }
        return packed;
    }

    // 10.1.2.3/16 would never be equal to anything: who writes that means another network, or the address.
    private static boolean isNetwork(long packed) {
        int prefix = (int) (packed & 0xff);
        long mask = prefix == 0 ? 0 : -1L << (32 - prefix);
        return ((packed >>> 8) & ~mask & 0xffff_ffffL) == 0;
    }

    private static InvalidCondition wrong(Token token, String why) {
        return new InvalidCondition(token.shown() + " at character " + token.at() + ": " + why, token.at());
    }
}
