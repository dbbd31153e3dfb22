package firstlight.policy;

import firstlight.model.MacAddress;
import firstlight.policy.level.Group;
import firstlight.policy.level.GroupTree;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything that persons have set, at one moment. Held in memory and replaced whole when something changes. */
public final class RuleBook {
    public static final RuleBook EMPTY = new RuleBook(GroupTree.EMPTY, PolicyValues.NONE, List.of(), Set.of());

    private final GroupTree groups;
    private final PolicyValues server;
    private final List<Rule> rules;
    private final Map<Level, List<Rule>> byLevel = new HashMap<>();
    private final Set<MacAddress> sharedAdapters;

    /**
     * @param server what is set at the server's level; the configuration stands behind it
     * @param rules of all levels, in any order
     * @param sharedAdapters docks and USB adapters, which tell nothing of who uses them
     */
    public RuleBook(GroupTree groups, PolicyValues server, Collection<Rule> rules, Set<MacAddress> sharedAdapters) {
        this.groups = groups;
        this.server = server;
        this.rules = rules.stream().sorted(Rule.ORDER).toList();
        this.rules.forEach(rule ->
                byLevel.computeIfAbsent(rule.level(), _ -> new ArrayList<>()).add(rule));
        this.sharedAdapters = Set.copyOf(sharedAdapters);
    }

    /** This one, with other groups. */
    public RuleBook withGroups(GroupTree value) {
        return new RuleBook(value, server, rules, sharedAdapters);
    }

    /** This one with {@code rule}, new or changed, at its position among its level's rules: at the end when that is 0 or too large. */
    public RuleBook with(Rule rule) {
        RuleBook others = without(rule.id());
        List<Rule> order = new ArrayList<>(others.rulesAt(rule.level()));
        int place = rule.position() < 1 || rule.position() > order.size() ? order.size() : rule.position() - 1;
        order.add(place, rule);
        List<Rule> all = new ArrayList<>(others.rules);
        all.removeIf(each -> each.level().equals(rule.level()));
        for (int i = 0; i < order.size(); i++) {
            all.add(order.get(i).withPosition(i + 1));
        }
        return new RuleBook(groups, server, all, sharedAdapters);
    }

    /** This one, without a rule. */
    public RuleBook without(long rule) {
        return new RuleBook(
                groups, server, rules.stream().filter(each -> each.id() != rule).toList(), sharedAdapters);
    }

    public GroupTree groups() {
        return groups;
    }

    public PolicyValues server() {
        return server;
    }

    public List<Rule> rules() {
        return rules;
    }

    public Set<MacAddress> sharedAdapters() {
        return sharedAdapters;
    }

    /** The rules that hang at {@code level}, in their order. */
    public List<Rule> rulesAt(Level level) {
        return List.copyOf(byLevel.getOrDefault(level, List.of()));
    }

    /** The rules for {@code device}: its own, its group's, the groups' above, the server's; those switched off among them. */
    public List<Rule> rulesFor(Device device) {
        List<Rule> found = new ArrayList<>(byLevel.getOrDefault(new Level.OfDevice(device.id()), List.of()));
        for (Group group : groups.upwards(device.group())) {
            found.addAll(byLevel.getOrDefault(new Level.OfGroup(group.id()), List.of()));
        }
        found.addAll(byLevel.getOrDefault(Level.SERVER, List.of()));
        return found;
    }
}
