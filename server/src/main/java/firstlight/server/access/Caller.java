package firstlight.server.access;

import firstlight.policy.access.Role;
import java.util.Set;

/**
 * Who sent a request.
 *
 * @param user its number; 0 for this host's command line
 * @param name for history and audit; {@code local} for the command line
 * @param groups a technician's, by number; what is below them is meant as well
 * @param from address and door, for the audit: {@code 10.1.2.3 token backup}
 * @param by what it showed to be let in
 */
public record Caller(long user, String name, Role role, Set<Long> groups, String from, By by) {
    /** What a caller shows to be let in. */
    public enum By {
        /** A secret that it sends by itself: of somebody who signed in, or of this host's command line. */
        SECRET,
        /** A browser sends its cookie with every request, also with those that another site makes it send. */
        COOKIE,
        /** A program's: it makes no person of itself, and no token that outlives it. */
        TOKEN
    }

    /** This host's command line, which can read the data directory anyway. */
    static final String LOCAL = "local";

    public Caller {
        groups = Set.copyOf(groups);
    }

    public boolean byToken() {
        return by == By.TOKEN;
    }

    public boolean may(Permission permission) {
        return permission.isOf(role);
    }

    /** Whether only some devices are in reach. */
    public boolean isLimited() {
        return role == Role.TECHNICIAN;
    }
}
