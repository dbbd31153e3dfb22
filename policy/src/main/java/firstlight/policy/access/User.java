package firstlight.policy.access;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Somebody who may sign in.
 *
 * @param id 0 before it is kept
 * @param groups a technician's, by number; what is below them is meant as well
 * @param passwordHash with its parameters in it; empty when a directory or an OIDC provider knows the password
 */
public record User(
        long id,
        String name,
        String fullName,
        Origin origin,
        Role role,
        Set<Long> groups,
        String passwordHash,
        boolean enabled,
        Instant created) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}");

    /** Whom audit and images' histories call by the names that nobody has. */
    public static final String OTHERS_ARE = "the host's command line, the server and the engines";

    private static final Set<String> OTHERS = Set.of("local", "server", "engine");

    /** Who vouches for the user. */
    public enum Origin {
        LOCAL,
        LDAP,
        OIDC
    }

    public User {
        groups = Set.copyOf(groups);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no user name: up to 100 letters, digits and . _ @ + -");
        }
    }

    /** Whether it can sign in and may do everything. */
    public boolean administers() {
        return enabled && role == Role.ADMINISTRATOR;
    }

    public User withPassword(String hash) {
        return new User(id, name, fullName, origin, role, groups, hash, enabled, created);
    }

    /** This user, told anew by who vouches for them: what is kept of {@code known} is only what is decided here. */
    public User inPlaceOf(User known) {
        return new User(known.id, name, fullName, origin, role, groups, passwordHash, known.enabled, known.created);
    }

    /** Whether a new user may be called so. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches() && !isOthers(text);
    }

    /** Whether it would be a name, but is what something else is called in the audit. */
    public static boolean isOthers(String text) {
        return OTHERS.contains(text.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return "User[" + id + " " + name + " " + role + "]";
    }
}
