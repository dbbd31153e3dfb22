package firstlight.policy.level;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All groups, each below its parent. A tree that a person may not make is refused with the reason, so there is always one. Immutable;
 * every way upwards is climbed once, when it is made, as each decision asks for one.
 */
public final class GroupTree {
    public static final GroupTree EMPTY = new GroupTree(new LinkedHashMap<>());

    private final Map<Long, Group> byId;
    private final Map<String, Group> byName = new HashMap<>();
    private final Map<Long, List<Group>> upwards = new LinkedHashMap<>();

    private GroupTree(Map<Long, Group> byId) {
        this.byId = byId;
        // of() refuses two of one name; until then the first counts.
        byId.values().forEach(group -> byName.putIfAbsent(key(group.name()), group));
        byId.keySet().forEach(id -> upwards.put(id, List.copyOf(climb(id))));
    }

    /** @throws IllegalArgumentException with the reason, as {@link #refusal} gives it */
    public static GroupTree of(Collection<Group> groups) {
        Map<Long, Group> byId = new LinkedHashMap<>();
        groups.forEach(group -> byId.put(group.id(), group));
        GroupTree tree = new GroupTree(byId);
        for (Group group : byId.values()) {
            tree.refusal(group).ifPresent(why -> {
                throw new IllegalArgumentException(why);
            });
        }
        return tree;
    }

    /** Why {@code group}, new or changed, may not be kept; empty when it may. A new one has the number {@link Group#NONE}. */
    public Optional<String> refusal(Group group) {
        Group named = byName.get(key(group.name()));
        if (named != null && named.id() != group.id()) {
            return Optional.of("another group is named '" + named.name() + "'");
        }
        if (group.parent() == Group.NONE) {
            return Optional.empty();
        }
        if (!byId.containsKey(group.parent())) {
            return Optional.of("the parent of group '" + group.name() + "' does not exist");
        }
        if (group.id() == Group.NONE) {
            return Optional.empty();
        }
        List<Group> above = climb(group.parent());
        return above.stream().anyMatch(each -> each.id() == group.id())
                ? Optional.of("group '" + group.name() + "' cannot be below '"
                        + byId.get(group.parent()).name() + "': that is "
                        + (group.parent() == group.id() ? "itself" : "below '" + group.name() + "'"))
                : Optional.empty();
    }

    /** This tree with {@code group} as it is said here, where there is {@linkplain #refusal nothing against it}. */
    public GroupTree with(Group group) {
        Map<Long, Group> changed = new LinkedHashMap<>(byId);
        changed.put(group.id(), group);
        return new GroupTree(changed);
    }

    public Optional<Group> find(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** By its name, in any case. */
    public Optional<Group> find(String name) {
        return Optional.ofNullable(byName.get(key(name)));
    }

    public Collection<Group> all() {
        return List.copyOf(byId.values());
    }

    /** The group and what is above it, nearest first; empty for {@link Group#NONE} or a group that is gone. */
    public List<Group> upwards(long id) {
        return upwards.getOrDefault(id, List.of());
    }

    /** The group and all that is below it. */
    public Set<Long> downwards(long id) {
        Set<Long> found = new LinkedHashSet<>();
        upwards.forEach((each, above) -> {
            if (above.stream().anyMatch(group -> group.id() == id)) {
                found.add(each);
            }
        });
        return found;
    }

    /** {@code School/Room 12}. */
    public String path(long id) {
        List<String> names = new ArrayList<>();
        upwards(id).forEach(group -> names.addFirst(group.name()));
        return String.join("/", names);
    }

    /** Ends at a group that it met already: rows of a database need not be a tree. */
    private List<Group> climb(long id) {
        Map<Long, Group> met = new LinkedHashMap<>();
        Group at = byId.get(id);
        while (at != null && met.putIfAbsent(at.id(), at) == null) {
            at = byId.get(at.parent());
        }
        return new ArrayList<>(met.values());
    }

    private static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
