package firstlight.server.access;

import java.time.Duration;
import java.util.Optional;

/**
 * Who may sign in, and how; docs/access.md.
 *
 * @param confirmAbove a destructive act on more devices than this waits for a second person; 0 never waits
 * @param session how long one lasts after its sign-in
 * @param ldap empty: local users only, and the provider's
 * @param oidc empty: there is no provider
 */
public record AccessSettings(
        int confirmAbove, Duration session, Optional<LdapSettings> ldap, Optional<OidcSettings> oidc) {
    public static final AccessSettings USUAL =
            new AccessSettings(50, Duration.ofHours(12), Optional.empty(), Optional.empty());
}
