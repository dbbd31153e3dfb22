package firstlight.policy.rule;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Facts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every condition, tried on thousands of random ones. The seed is fixed: a failure comes again. */
class ConditionLawsTest {
    private static final List<String> COMPARISONS = List.of(
            "model = \"a\"",
            "model = \"ab\"",
            "model != \"a\"",
            "model contains \"b\"",
            "model starts with \"a\"",
            "model starts with \"b\"",
            "model ends with \"b\"",
            "model in (\"a\", \"ba\")",
            "model matches \"a.*\"",
            "model is known",
            "firmware = bios",
            "firmware != bios",
            "firmware in (bios, uefi)",
            "memory < 2 MiB",
            "memory >= 2 MiB",
            "memory = 3 MiB",
            "memory > 3 MiB",
            "memory != 2 MiB",
            "cpu-cores <= 2",
            "subnet in 10.0.0.0/8",
            "subnet in 10.1.0.0/16",
            "subnet = 10.1.0.0/16",
            "gpu = \"a\"",
            "gpu contains \"b\"",
            "gpu is known",
            "disk.count = 2",
            "disk.size > 2 B",
            "always");

    private final Random random = new Random(20261122);

    @Test
    void whatIsPrintedIsParsedToTheSame() throws InvalidCondition {
        for (int i = 0; i < 5_000; i++) {
            Condition condition = condition(4);
            assertThat(new ConditionParser(condition.toString()).condition())
                    .as(condition.toString())
                    .isEqualTo(condition);
        }
    }

    @Test
    void kleenesLawsHold() throws InvalidCondition {
        for (int i = 0; i < 5_000; i++) {
            Condition one = condition(2);
            Condition other = condition(2);
            FactValues facts = FactValues.of(facts());
            assertThat(new Condition.Not(new Condition.And(List.of(one, other))).evaluate(facts))
                    .as("De Morgan: %s / %s", one, other)
                    .isEqualTo(new Condition.Or(List.of(new Condition.Not(one), new Condition.Not(other)))
                            .evaluate(facts));
            assertThat(new Condition.Not(new Condition.Not(one)).evaluate(facts))
                    .isEqualTo(one.evaluate(facts));
            assertThat(new Condition.And(List.of(one, other)).evaluate(facts))
                    .isEqualTo(new Condition.And(List.of(other, one)).evaluate(facts));
            assertThat(new Condition.Or(List.of(one, new Condition.And(List.of(one, other)))).evaluate(facts))
                    .as("absorption: %s / %s", one, other)
                    .isEqualTo(one.evaluate(facts));
        }
    }

    @Test
    void moreFactsNeverTurnAnAnswerRound() throws InvalidCondition {
        int decided = 0;
        for (int i = 0; i < 20_000; i++) {
            Condition condition = condition(3);
            Facts some = preboot();
            Truth before = condition.evaluate(FactValues.of(some));
            Truth after = condition.evaluate(FactValues.complete(full(some)));
            if (before != Truth.UNKNOWN) {
                decided++;
                assertThat(after).as("%s for %s", condition, some.byKey()).isEqualTo(before);
            }
            assertThat(after).isNotEqualTo(Truth.UNKNOWN);
        }
        assertThat(decided).isGreaterThan(2_000);
    }

    @Test
    void whatIsRefusedAsImpossibleIsTrueForNobody() throws InvalidCondition {
        List<Facts> devices = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            devices.add(facts());
        }
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            Condition condition = condition(3);
            if (Contradiction.in(condition).isEmpty()) {
                continue;
            }
            refused++;
            for (Facts device : devices) {
                assertThat(condition.evaluate(FactValues.of(device)))
                        .as("%s for %s", condition, device.byKey())
                        .isNotEqualTo(Truth.TRUE);
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private Condition condition(int depth) throws InvalidCondition {
        if (depth == 0 || random.nextInt(4) == 0) {
            return new ConditionParser(COMPARISONS.get(random.nextInt(COMPARISONS.size()))).condition();
        }
        List<Condition> parts = new ArrayList<>();
        for (int i = 0; i < 2 + random.nextInt(2); i++) {
            parts.add(condition(depth - 1));
        }
        return switch (random.nextInt(3)) {
            case 0 -> new Condition.Not(parts.getFirst());
            case 1 -> new Condition.And(parts);
            default -> new Condition.Or(parts);
        };
    }

    private Facts facts() {
        Facts preboot = preboot();
        return random.nextBoolean() ? full(preboot) : preboot;
    }

    private Facts preboot() {
        Map<String, List<String>> facts = new HashMap<>();
        maybe(facts, "model", "a", "b", "ab", "ba", "c");
        maybe(facts, "firmware", "bios", "uefi");
        maybe(facts, "subnet", "10.1.0.0/16", "10.2.0.0/24", "192.168.0.0/24", "10.0.0.0/8");
        return Facts.ofKeys(facts);
    }

    /** What a first look did not see is seen now, or is not there; what was seen stays. */
    private Facts full(Facts preboot) {
        Map<String, List<String>> facts = new HashMap<>();
        facts.put("memory-mib", List.of(Integer.toString(1 + random.nextInt(4))));
        facts.put("cpu-cores", List.of(Integer.toString(1 + random.nextInt(4))));
        if (random.nextBoolean()) {
            facts.put("gpu", random.nextBoolean() ? List.of("a") : List.of("ab", "c"));
        }
        if (random.nextBoolean()) {
            facts.put("disk", random.nextBoolean() ? List.of("sda 2 x y") : List.of("sda 1 x y", "sdb 5 z y"));
        }
        Facts missed = preboot();
        return missed.mergedWith(preboot).mergedWith(Facts.ofKeys(facts));
    }

    private void maybe(Map<String, List<String>> facts, String key, String... values) {
        if (random.nextInt(3) > 0) {
            facts.put(key, List.of(values[random.nextInt(values.length)]));
        }
    }
}
