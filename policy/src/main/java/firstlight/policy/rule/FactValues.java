package firstlight.policy.rule;

import firstlight.model.Facts;
import firstlight.model.Ipv4Address;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The facts of one device, read into what comparisons want, each when it is asked for first: two hundred rules ask for the same few.
 * Fills itself without a lock: for one thread, and for one look at the rules.
 */
public final class FactValues {
    private static final String[] NO_TEXTS = {};
    private static final long[] NO_NUMBERS = {};
    private static final long MIB = 1L << 20;

    private final Facts facts;
    private final boolean complete;
    private final Map<Fact, String[]> texts = new EnumMap<>(Fact.class);
    private final Map<Fact, long[]> numbers = new EnumMap<>(Fact.class);

    private FactValues(Facts facts, boolean complete) {
        this.facts = facts;
        this.complete = complete;
    }

    /** What is not there is not known yet, unless an imaging engine has looked at this device once: it tells everything. */
    public static FactValues of(Facts facts) {
        return new FactValues(facts, facts.areOfEngine());
    }

    /** As an imaging engine gathered them: what is not there is not at this device. */
    public static FactValues complete(Facts facts) {
        return new FactValues(facts, true);
    }

    /** Nothing but one fact, in small letters. */
    static FactValues just(Fact fact, String... small) {
        FactValues values = new FactValues(Facts.NONE, true);
        values.texts.put(fact, small);
        return values;
    }

    boolean isComplete() {
        return complete;
    }

    /** In small letters. */
    String[] texts(Fact fact) {
        String[] known = texts.get(fact);
        if (known == null) {
            List<String> found = fact.of(facts);
            known = found.isEmpty() ? NO_TEXTS : new String[found.size()];
            for (int i = 0; i < known.length; i++) {
                known[i] = found.get(i).toLowerCase(Locale.ROOT);
            }
            texts.put(fact, known);
        }
        return known;
    }

    /** Octets, counts, or networks as {@link #network} packs them; what cannot be read is left out. */
    long[] numbers(Fact fact) {
        long[] known = numbers.get(fact);
        if (known == null) {
            List<String> found = fact.of(facts);
            known = found.isEmpty()
                    ? NO_NUMBERS
                    : found.stream()
                            .map(text -> number(fact, text))
                            .filter(OptionalLong::isPresent)
                            .mapToLong(OptionalLong::getAsLong)
                            .toArray();
            numbers.put(fact, known);
        }
        return known;
    }

    /** What is there and cannot be read (a network with a wrong prefix) counts as missing. */
    boolean has(Fact fact) {
        return switch (fact.kind()) {
            case TEXT, WORD -> texts(fact).length > 0;
            case BYTES, COUNT, NETWORK -> numbers(fact).length > 0;
        };
    }

    /** Its values for people. */
    List<String> shown(Fact fact) {
        return fact.kind() == Fact.Kind.BYTES
                ? Arrays.stream(numbers(fact)).mapToObj(Units::words).toList()
                : fact.of(facts);
    }

    private static OptionalLong number(Fact fact, String text) {
        if (fact.kind() == Fact.Kind.NETWORK) {
            return network(text);
        }
        try {
            long value = Long.parseLong(text.strip());
            return OptionalLong.of(fact == Fact.MEMORY ? Math.multiplyExact(value, MIB) : value);
        } catch (ArithmeticException | NumberFormatException unreadable) {
            return OptionalLong.empty();
        }
    }

    /** {@code 10.1.0.0/16}: the address, then eight bits of prefix; an address alone has a prefix of 32. */
    static OptionalLong network(String text) {
        String[] parts = text.strip().split("/", -1);
        try {
            long address = Ipv4Address.parse(parts[0]).value() & 0xffff_ffffL;
            int prefix = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
            return parts.length <= 2 && prefix >= 0 && prefix <= 32
                    ? OptionalLong.of(address << 8 | prefix)
                    : OptionalLong.empty();
        } catch (IllegalArgumentException none) {
            return OptionalLong.empty();
        }
    }
}
