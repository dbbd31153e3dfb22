package firstlight.server.access;

import java.util.List;

/**
 * Somebody for whom a directory or a provider vouches.
 *
 * @param name what the person is called here, as the directory or provider writes it
 * @param fullName may be empty
 * @param memberships what {@link RoleMapping} looks at
 */
record Person(String name, String fullName, List<String> memberships) {
    Person {
        memberships = List.copyOf(memberships);
    }
}
