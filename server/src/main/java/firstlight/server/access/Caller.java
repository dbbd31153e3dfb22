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
 * @param byCookie a browser sends its cookie with every request, also with those that another site makes it send
 * @param byToken a program's: it makes no person of itself, and no token that outlives it
 */
public record Caller(
        long user, String name, Role role, Set<Long> groups, String from, boolean byCookie, boolean byToken) {
    /** This host's command line, which can read the data directory anyway. */
    static final String LOCAL = "local";

    public Caller {
        groups = Set.copyOf(groups);
    }

    public boolean may(Permission permission) {
        return permission.isOf(role);
    }

    /** Whether only some devices are in reach. */
    public boolean isLimited() {
        return role == Role.TECHNICIAN;
    }
}
