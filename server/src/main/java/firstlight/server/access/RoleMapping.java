package firstlight.server.access;

import firstlight.policy.access.Role;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the groups of a directory or the claims of a provider make of a person here. Who is in none of them may nothing.
 *
 * @param rows in no order that counts
 */
public record RoleMapping(List<Row> rows) {
    /**
     * {@code groups}: Firstlight's own, for a technician.
     *
     * @param member a group's DN or name, or a claim's value; case and blanks around commas do not count
     * @param groups empty for a technician who reaches no device
     */
    public record Row(String member, Role role, List<String> groups) {
        public Row {
            groups = List.copyOf(groups);
        }
    }

    /** A role, and a technician's groups by name. */
    record Mapped(Role role, Set<String> groups) {}

    public RoleMapping {
        rows = List.copyOf(rows);
    }

    /** The highest role that a membership gives; a technician's groups are those of all his memberships. */
    Optional<Mapped> of(Collection<String> memberships) {
        Set<String> member = new TreeSet<>();
        memberships.forEach(each -> member.add(key(each)));
        List<Row> fitting =
                rows.stream().filter(row -> member.contains(key(row.member))).toList();
        return fitting.stream().map(Row::role).max(Comparator.naturalOrder()).map(role -> {
            Set<String> groups = new TreeSet<>();
            fitting.stream().filter(row -> row.role == role).forEach(row -> groups.addAll(row.groups));
            return new Mapped(role, groups);
        });
    }

    /** Whether a row names Firstlight's group; as groups are found, by whatever case. */
    boolean names(String group) {
        return rows.stream().flatMap(row -> row.groups.stream()).anyMatch(group::equalsIgnoreCase);
    }

    /** Directories write one DN in many ways. */
    private static String key(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s*([,=])\\s*", "$1");
    }
}
