package firstlight.server.access;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the directory who somebody is, then lets the directory itself judge the password: by a bind as that person. A connection for each
 * question: sign-ins are few. For several threads.
 */
final class LdapDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(LdapDirectory.class);
    /** For a connection, and for each answer; somebody waits at a form. */
    private static final int PATIENCE_MILLIS = 5_000;
    /**
     * Of a bind, beside a wrong password: 389 Directory Server answers 19 for an account that is locked by failures and 53 for one that
     * is switched off, OpenLDAP 48 for one without a password and 50 for one that may not bind. Active Directory has 49 for all.
     */
    private static final Set<ResultCode> KEPT_OUT = Set.of(
            ResultCode.CONSTRAINT_VIOLATION,
            ResultCode.INAPPROPRIATE_AUTHENTICATION,
            ResultCode.INSUFFICIENT_ACCESS_RIGHTS,
            ResultCode.UNWILLING_TO_PERFORM);

    private final LdapSettings settings;

    LdapDirectory(LdapSettings settings) {
        this.settings = settings;
    }

    /**
     * Who signed in before, without a password; empty when nobody has that name any more.
     *
     * @param name as {@link #signIn} told it: by what was typed then, which nobody knows, the filter may look at something else
     * @throws AccessFailure UNAVAILABLE when it cannot be asked
     */
    Optional<Person> find(String name) throws AccessFailure {
        try (LDAPConnection connection = connect()) {
            if (!settings.bindDn().isEmpty()) {
                connection.bind(settings.bindDn(), settings.bindPassword());
            }
            for (Filter filter : List.of(filter(settings.users(), "{name}", name), named(name))) {
                for (SearchResultEntry entry :
                        search(connection, settings.users().base(), filter)) {
                    Person person = person(connection, entry, name);
                    if (person.name().equalsIgnoreCase(name)) {
                        return Optional.of(person);
                    }
                }
            }
            return Optional.empty();
        } catch (LDAPException e) {
            throw broken(e);
        }
    }

    /** By the name alone, whatever was typed at the sign-in; but all else that the filter asks for holds: who falls out of it is out. */
    private Filter named(String name) throws LDAPException {
        return Filter.createANDFilter(
                Filter.createEqualityFilter(settings.nameAttribute(), name),
                Filter.create(settings.users().filter().replace("{name}", "*").replaceAll("[*]+", "*")));
    }

    private Person person(LDAPConnection connection, SearchResultEntry entry, String name) throws LDAPException {
        String exact = Optional.ofNullable(entry.getAttributeValue(settings.nameAttribute()))
                .orElse(name);
        String fullName =
                Optional.ofNullable(entry.getAttributeValue("displayName")).orElse("");
        return new Person(exact, fullName, memberships(connection, entry));
    }

    /**
     * Empty when nobody has that name; a wrong password is a failure.
     *
     * @param name as it was typed; the filter decides what it may be
     */
    Optional<Person> signIn(String name, String password) throws AccessFailure {
        if (password.isEmpty()) {
            // RFC 4513 5.1.2: a bind with an empty password succeeds, as nobody.
            throw refused();
        }
        try (LDAPConnection connection = connect()) {
            if (!settings.bindDn().isEmpty()) {
                connection.bind(settings.bindDn(), settings.bindPassword());
            }
            List<SearchResultEntry> found =
                    search(connection, settings.users().base(), filter(settings.users(), "{name}", name));
            if (found.size() > 1) {
                throw unavailable(
                        "the directory finds several people named '" + name + "'",
                        "make access.ldap.users.filter exact",
                        null);
            }
            if (found.isEmpty()) {
                return Optional.empty();
            }
            SearchResultEntry entry = found.getFirst();
            Person person = person(connection, entry, name);
            try {
                connection.bind(entry.getDN(), password);
            } catch (LDAPException e) {
                if (e.getResultCode().equals(ResultCode.INVALID_CREDENTIALS)) {
                    LOG.info("the directory refuses {}: {}", entry.getDN(), e.getDiagnosticMessage());
                    throw refused();
                }
                if (KEPT_OUT.contains(e.getResultCode())) {
                    LOG.warn(
                            "the directory refuses {}: {} {}",
                            entry.getDN(),
                            e.getResultCode(),
                            e.getDiagnosticMessage());
                    throw new AccessFailure(
                            AccessFailure.Kind.REFUSED,
                            "the directory does not let '" + name + "' in: "
                                    + e.getResultCode().getName(),
                            "the account may be locked or switched off there; the server's log has the directory's words");
                }
                throw e;
            }
            return Optional.of(person);
        } catch (LDAPException e) {
            throw broken(e);
        }
    }

    private AccessFailure broken(LDAPException e) {
        return unavailable(
                "the directory " + settings.host() + ":" + settings.port() + " does not help: " + e.getMessage(),
                "see access.ldap in the configuration, and whether the directory runs",
                e);
    }

    private LDAPConnection connect() throws LDAPException, AccessFailure {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis(PATIENCE_MILLIS);
        options.setResponseTimeoutMillis(PATIENCE_MILLIS);
        // A referral would take the password to a host that nobody configured.
        options.setFollowReferrals(false);
        options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        return switch (settings.security()) {
            case NONE -> new LDAPConnection(options, settings.host(), settings.port());
            case TLS -> new LDAPConnection(socketFactory(), options, settings.host(), settings.port());
            case START_TLS -> {
                LDAPConnection connection = new LDAPConnection(options, settings.host(), settings.port());
                try {
                    var result = connection.processExtendedOperation(new StartTLSExtendedRequest(tls()));
                    if (!result.getResultCode().equals(ResultCode.SUCCESS)) {
                        throw new LDAPException(result);
                    }
                } catch (LDAPException | AccessFailure e) {
                    connection.close();
                    throw e;
                }
                yield connection;
            }
        };
    }

    private SocketFactory socketFactory() throws AccessFailure {
        return tls().getSocketFactory();
    }

    private SSLContext tls() throws AccessFailure {
        try {
            return settings.trust().isPresent() ? Trust.in(settings.trust().get()) : SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each group as its whole DN and as its first value: {@code cn=it,ou=groups,dc=school} and {@code it}. */
    private List<String> memberships(LDAPConnection connection, SearchResultEntry person) throws LDAPException {
        List<String> dns = new ArrayList<>();
        if (!settings.memberAttribute().isEmpty()) {
            String[] values = person.getAttributeValues(settings.memberAttribute());
            dns.addAll(values == null ? List.of() : List.of(values));
        }
        if (settings.groups().isPresent()) {
            LdapSettings.Search groups = settings.groups().get();
            search(connection, groups.base(), filter(groups, "{dn}", person.getDN()))
                    .forEach(group -> dns.add(group.getDN()));
        }
        List<String> memberships = new ArrayList<>();
        for (String text : dns) {
            memberships.add(text);
            if (DN.isValidDN(text)) {
                DN dn = new DN(text);
                memberships.add(dn.toNormalizedString());
                memberships.add(dn.getRDNs()[0].getAttributeValues()[0]);
            }
        }
        return memberships;
    }

    private static Filter filter(LdapSettings.Search search, String placeholder, String value) throws LDAPException {
        return Filter.create(search.filter().replace(placeholder, Filter.encodeValue(value)));
    }

    private static List<SearchResultEntry> search(LDAPConnection connection, String base, Filter filter)
            throws LDAPException {
        // memberOf is operational in OpenLDAP: it comes only when it is asked for by name.
        SearchRequest request = new SearchRequest(base, SearchScope.SUB, filter, "*", "memberOf");
        return List.copyOf(connection.search(request).getSearchEntries());
    }

    /** Whether filter and base are in the form of RFC 4515 and RFC 4514. */
    static boolean isGood(LdapSettings.Search search) {
        try {
            Filter.create(search.filter().replaceAll("\\{(name|dn)}", "x"));
            return DN.isValidDN(search.base());
        } catch (LDAPException e) {
            return false;
        }
    }

    private static AccessFailure refused() {
        return new AccessFailure(AccessFailure.Kind.REFUSED, "name or password is wrong", "");
    }

    private static AccessFailure unavailable(
            String what, String cure, @org.jspecify.annotations.Nullable Throwable cause) {
        return cause == null
                ? new AccessFailure(AccessFailure.Kind.UNAVAILABLE, what, cure)
                : new AccessFailure(AccessFailure.Kind.UNAVAILABLE, what, cure, cause);
    }
}
