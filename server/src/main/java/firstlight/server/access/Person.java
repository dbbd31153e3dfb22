package firstlight.server.access;

import java.util.List;

/**
 * Somebody for whom a directory or a provider vouches.
 *
 * @param memberships what {@link RoleMapping} looks at
 */
record Person(String name, String fullName, List<String> memberships) {
    Person {
        memberships = List.copyOf(memberships);
    }
}
