package firstlight.policy;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.level.Group;
import firstlight.policy.level.GroupTree;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.FactValues;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is kept must never be told from what is found out anew. The seed is fixed: a failure comes again. */
class KeptMatchesTest {
    private static final List<String> CONDITIONS = List.of(
            "model = \"a\"",
            "model contains \"b\" and memory >= 8 GiB",
            "serial starts with \"S1\" or subnet in 10.1.0.0/16",
            "mac contains \"00:00:02\"",
            "not (model is known)",
            "gpu is known",
            "disk.size > 100 GB",
            "always");

    private final Random random = new Random(20261122);
    private final List<Device> devices = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();
    private RuleBook book = RuleBook.EMPTY;

    @Test
    void aKeptAnswerIsTheFreshOneWhateverChanges() throws InvalidCondition {
        KeptMatches kept = new KeptMatches(6) /* of 8 devices */;
        for (long i = 1; i <= 4; i++) {
            groups.add(new Group(i, "group " + i, i == 1 ? Group.NONE : 1, PolicyValues.NONE));
        }
        for (long i = 1; i <= 8; i++) {
            devices.add(Device.fresh(i, "pc" + i, Registration.REGISTERED, facts(i), Instant.EPOCH));
        }
        rebind();
        Set<RuleMatches> seen = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(3) == 0) {
                change();
            }
            Device device = devices.get(random.nextInt(devices.size()));
            Facts shown = random.nextBoolean() ? Facts.NONE : facts(device.id());
            RuleMatches before = kept.of(device, shown, book);
            RuleMatches fresh = RuleMatches.of(FactValues.of(device.facts().mergedWith(shown)), book.rulesFor(device));
            assertThat(before).as("step %s", i).isEqualTo(fresh);
            assertThat(kept.of(device, shown, book)).as("asked again at once").isSameAs(before);
            seen.add(fresh);
        }
        assertThat(seen).as("different answers").hasSizeGreaterThan(500);
    }

    private void change() throws InvalidCondition {
        int at = random.nextInt(devices.size());
        Device device = devices.get(at);
        switch (random.nextInt(6)) {
            case 0 -> devices.set(at, device.withFacts(device.facts().mergedWith(facts(device.id())), Instant.EPOCH));
            case 1 -> devices.set(at, device.withFacts(facts(device.id()), Instant.EPOCH));
            case 2 -> devices.set(at, device.withGroup(random.nextInt(5)));
            case 3 -> {
                int which = 1 + random.nextInt(3); // the first stays the root
                Group group = groups.get(which);
                groups.set(which, new Group(group.id(), group.name(), random.nextInt(2), group.values()));
                rebind();
            }
            case 4 -> {
                if (rules.size() < 12) {
                    rules.add(rule(rules.size() + 1L));
                } else {
                    rules.remove(random.nextInt(rules.size()));
                }
                rebind();
            }
            default -> {
                if (!rules.isEmpty()) {
                    int which = random.nextInt(rules.size());
                    rules.set(which, rule(rules.get(which).id()));
                    rebind();
                }
            }
        }
    }

    private void rebind() {
        book = new RuleBook(GroupTree.of(groups), PolicyValues.NONE, rules, Set.of());
    }

    private Rule rule(long id) throws InvalidCondition {
        Level level = switch (random.nextInt(3)) {
            case 0 -> Level.SERVER;
            case 1 -> new Level.OfGroup(1 + random.nextInt(4));
            default -> new Level.OfDevice(1 + random.nextInt(8));
        };
        String when = CONDITIONS.get(random.nextInt(CONDITIONS.size()));
        return Rule.of(
                id,
                level,
                random.nextInt(9),
                "r" + id,
                random.nextInt(5) > 0,
                when,
                new Task.Inventory(),
                Repeat.ONCE,
                "");
    }

    private Facts facts(long device) {
        Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:0" + random.nextInt(3) + ":0" + device);
        if (random.nextBoolean()) {
            facts = facts.with(FactName.MODEL, List.of("a", "b", "ab").get(random.nextInt(3)));
        }
        if (random.nextBoolean()) {
            facts = facts.with(FactName.SERIAL, "S" + random.nextInt(3));
        }
        if (random.nextBoolean()) {
            facts = facts.with(FactName.SUBNET, random.nextBoolean() ? "10.1.2.0/24" : "10.2.0.0/16");
        }
        if (random.nextInt(3) == 0) {
            facts = facts.with(FactName.MEMORY_MIB, random.nextBoolean() ? "4096" : "16384");
        }
        if (random.nextInt(4) == 0) {
            facts = facts.with(FactName.DISK, "sda 256060514304 D" + random.nextInt(3) + " SSD");
        }
        return facts;
    }
}
