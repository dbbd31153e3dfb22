package firstlight.server.access;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The directory where people's passwords are. {@code {name}} in a filter
 * stands for what was typed, {@code {dn}} for who was found, both escaped.
 *
 * @param port 636 by default with {@link Security#TLS}, else 389
 * @param trust PEM file of the CA; empty for the ones that Java knows
 * @param bindDn who looks people up; empty for anonymous
 * @param bindPassword from a file of its own; in memory while the server runs
 * @param users how a person is found by what was typed
 * @param nameAttribute that a person is called by here
 * @param memberAttribute the person's attribute that holds his groups; empty when only the search for groups counts
 * @param groups how the groups are found that somebody is in; empty when the person's own attribute says it
 */
public record LdapSettings(
        String host,
        int port,
        Security security,
        Optional<Path> trust,
        String bindDn,
        String bindPassword,
        Search users,
        String nameAttribute,
        String memberAttribute,
        Optional<Search> groups,
        RoleMapping roles) {
    /** How the password is kept from the network's eyes. */
    public enum Security {
        TLS,
        START_TLS,
        /** Passwords travel in clear. */
        NONE
    }

    /**
     * Where to look, and for what.
     *
     * @param base where it begins; all that is below counts
     * @param filter of RFC 4515
     */
    public record Search(String base, String filter) {
        /** Whether a directory could read it; at a sign-in it would be too late to say so. */
        public boolean isGood() {
            return LdapDirectory.isGood(this);
        }
    }

    @Override
    public String toString() {
        return "LdapSettings[" + host + ":" + port + " " + security + "]";
    }
}
