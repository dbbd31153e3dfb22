package firstlight.server.configuration;

import firstlight.model.IoReason;
import firstlight.policy.access.Role;
import firstlight.server.access.AccessSettings;
import firstlight.server.access.LdapSettings;
import firstlight.server.access.OidcSettings;
import firstlight.server.access.RoleMapping;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The key {@code access}: docs/access.md. Secrets are in files of their own, so that the configuration can be shown around. */
final class AccessKeys {
    private AccessKeys() {}

    /**
     * @param publicUrl {@code api.url}: the provider sends browsers back there
     * @throws InvalidConfiguration with the key that is wrong; files are read here, so a missing secret is found at the start
     */
    static AccessSettings read(Keys keys, Optional<URI> publicUrl) throws InvalidConfiguration {
        AccessSettings usual = AccessSettings.USUAL;
        AccessSettings settings = new AccessSettings(
                keys.number("confirm-above", usual.confirmAbove(), 0, 1_000_000),
                Duration.ofHours(
                        keys.number("session-hours", (int) usual.session().toHours(), 1, 24 * 30)),
                keys.has("ldap") ? Optional.of(ldap(keys.keys("ldap"))) : Optional.empty(),
                keys.has("oidc") ? Optional.of(oidc(keys.keys("oidc"), publicUrl)) : Optional.empty());
        keys.end();
        return settings;
    }

    private static LdapSettings ldap(Keys keys) throws InvalidConfiguration {
        LdapSettings.Security security = keys.word("security", LdapSettings.Security.TLS);
        LdapSettings settings = new LdapSettings(
                needed(keys, "host"),
                keys.number("port", security == LdapSettings.Security.TLS ? 636 : 389, 1, 65535),
                security,
                file(keys, "trust"),
                keys.text("bind-dn", ""),
                secret(keys, "bind-password-file"),
                search(keys, "users", "{name}", "(uid={name})")
                        .orElseThrow(() -> keys.unfit("users", "missing", "a base and a filter")),
                keys.text("name-attribute", "uid"),
                keys.text("member-attribute", "memberOf"),
                search(keys, "groups", "{dn}", "(member={dn})"),
                roles(keys));
        keys.end();
        return settings;
    }

    private static Optional<LdapSettings.Search> search(Keys keys, String key, String placeholder, String usual)
            throws InvalidConfiguration {
        if (!keys.has(key)) {
            return Optional.empty();
        }
        Keys search = keys.keys(key);
        String filter = search.text("filter", usual);
        // A filter without it finds the same entries whoever signs in.
        if (!filter.contains(placeholder)) {
            throw search.wrong("filter", filter, "an LDAP filter with " + placeholder + " in it");
        }
        LdapSettings.Search read = new LdapSettings.Search(needed(search, "base"), filter);
        search.end();
        if (!read.isGood()) {
            throw keys.unfit(
                    key,
                    "base '" + read.base() + "' with filter '" + filter + "'",
                    "a DN like ou=people,dc=example,dc=org and an LDAP filter like " + usual);
        }
        return Optional.of(read);
    }

    /** {@code openid} is among the scopes whatever is written: without it there is no ID token (OpenID Connect Core 3.1.2.1). */
    private static OidcSettings oidc(Keys keys, Optional<URI> publicUrl) throws InvalidConfiguration {
        URI own = publicUrl.orElseThrow(
                () -> new InvalidConfiguration("'access.oidc' needs 'api.url': where browsers find this server"));
        List<String> scopes = new ArrayList<>(keys.texts("scopes"));
        if (scopes.isEmpty()) {
            scopes.addAll(List.of("profile", "email"));
        }
        if (!scopes.contains("openid")) {
            scopes.addFirst("openid");
        }
        OidcSettings settings = new OidcSettings(
                uri(keys, "issuer", needed(keys, "issuer")),
                needed(keys, "client-id"),
                secret(keys, "client-secret-file"),
                own.resolve("/api/sign-in/oidc/callback"),
                scopes,
                keys.text("name-claim", "preferred_username"),
                keys.text("member-claim", "groups"),
                file(keys, "trust"),
                roles(keys));
        keys.end();
        return settings;
    }

    /** In the order of the file. */
    private static RoleMapping roles(Keys keys) throws InvalidConfiguration {
        List<RoleMapping.Row> rows = new ArrayList<>();
        for (Keys row : keys.list("roles")) {
            Role role = row.word("role", Role.VIEWER);
            List<String> groups = row.texts("groups");
            if (!groups.isEmpty() && role != Role.TECHNICIAN) {
                throw row.unfit("groups", groups.toString(), "left out: only a technician is limited to groups");
            }
            rows.add(new RoleMapping.Row(needed(row, "member"), role, groups));
            row.end();
        }
        if (rows.isEmpty()) {
            throw keys.unfit("roles", "empty", "a list of {member, role, groups}: nobody could sign in otherwise");
        }
        return new RoleMapping(rows);
    }

    /** With a host: one without would be a path on nobody's server. */
    static URI uri(Keys keys, String key, String text) throws InvalidConfiguration {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw keys.wrong(key, text, "a URL like https://firstlight.example.org:8444");
    }

    private static String needed(Keys keys, String key) throws InvalidConfiguration {
        String text = keys.text(key, "");
        if (text.isBlank()) {
            throw keys.unfit(key, "missing", "set");
        }
        return text;
    }

    private static Optional<Path> file(Keys keys, String key) throws InvalidConfiguration {
        Optional<Path> file = keys.text(key).map(Path::of);
        if (file.isPresent() && !Files.isReadable(file.get())) {
            throw keys.wrong(key, file.get().toString(), "a file that can be read");
        }
        return file;
    }

    /** Without the newline that editors put at a file's end; empty where no file is named. */
    private static String secret(Keys keys, String key) throws InvalidConfiguration {
        Optional<Path> file = file(keys, key);
        try {
            return file.isPresent() ? Files.readString(file.get()).strip() : "";
        } catch (IOException e) {
            throw keys.wrong(key, file.get().toString(), "a file that can be read: " + IoReason.of(e));
        }
    }
}
