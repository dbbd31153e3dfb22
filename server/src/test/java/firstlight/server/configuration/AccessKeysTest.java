package firstlight.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.policy.access.Role;
import firstlight.server.access.AccessSettings;
import firstlight.server.access.LdapSettings;
import firstlight.server.access.OidcSettings;
import firstlight.server.access.RoleMapping;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessKeysTest {
    @TempDir
    private Path directory;

    @Test
    void everyKeyIsRead() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "hush\n");
        Configuration read = ConfigurationFile.parse("""
                api: {listen: 0.0.0.0, port: 443, url: "https://firstlight.example.org"}
                limits: {restores: 4, captures: 2}
                access:
                  confirm-above: 5
                  session-hours: 2
                  ldap:
                    host: dc.example.org
                    security: start-tls
                    bind-dn: cn=firstlight,dc=example
                    bind-password-file: SECRET
                    users: {base: "ou=people,dc=example", filter: "(sAMAccountName={name})"}
                    groups: {base: "ou=groups,dc=example"}
                    roles:
                      - {member: it, role: administrator}
                      - {member: teachers, role: technician, groups: [room12]}
                  oidc:
                    issuer: https://login.example.org/realms/school
                    client-id: firstlight
                    client-secret-file: SECRET
                    member-claim: realm_access.roles
                    roles: [{member: imaging, role: viewer}]
                """.replace("SECRET", secret.toString()));
        assertThat(read.api())
                .isEqualTo(new Configuration.Api(
                        Optional.of("0.0.0.0"), 443, Optional.of(URI.create("https://firstlight.example.org"))));
        assertThat(read.limits().restores()).isEqualTo(4);
        assertThat(read.limits().captures()).isEqualTo(2);
        AccessSettings access = read.access();
        assertThat(access.confirmAbove()).isEqualTo(5);
        assertThat(access.session()).isEqualTo(Duration.ofHours(2));
        LdapSettings ldap = access.ldap().orElseThrow();
        assertThat(ldap.port()).isEqualTo(389);
        assertThat(ldap.bindPassword()).isEqualTo("hush");
        assertThat(ldap.groups()).contains(new LdapSettings.Search("ou=groups,dc=example", "(member={dn})"));
        assertThat(ldap.roles().rows())
                .containsExactly(
                        new RoleMapping.Row("it", Role.ADMINISTRATOR, List.of()),
                        new RoleMapping.Row("teachers", Role.TECHNICIAN, List.of("room12")));
        OidcSettings oidc = access.oidc().orElseThrow();
        assertThat(oidc.redirect()).hasToString("https://firstlight.example.org/api/sign-in/oidc/callback");
        assertThat(oidc.scopes()).containsExactly("openid", "profile", "email");
        assertThat(ldap.toString() + oidc).doesNotContain("hush");
    }

    @Test
    void whatIsWrongIsNamedWithWhatIsAllowed() {
        complains("access: {confirm-abov: 3}", "unknown key 'access.confirm-abov'");
        complains("access: {oidc: {issuer: \"https://x\"}}", "'access.oidc' needs 'api.url'");
        complains("access: {ldap: {host: dc, users: {base: dc, filter: (uid=x)}}}", "{name} in it");
        complains("access: {ldap: {host: dc, users: {base: dc=x}}}", "nobody could sign in");
        complains("api: {listen: everywhere}", "an IP address of this host");
        complains("api: {url: firstlight}", "a URL like https://");
    }

    private static void complains(String yaml, String words) {
        assertThatThrownBy(() -> ConfigurationFile.parse(yaml))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(words);
    }

    @Test
    void aFilterWithAnOpenBracketIsToldAtTheStartAndNotAtTheFirstSignIn() {
        String yaml = """
                access:
                  ldap:
                    host: dc.example.org
                    users: {base: "BASE", filter: "FILTER"}
                    roles: [{member: it, role: administrator}]
                """;
        for (String[] bad : new String[][] {
            {"ou=people,dc=example", "(&(uid={name})(objectClass=person)"}, {"people.example", "(uid={name})"}
        }) {
            assertThatThrownBy(() ->
                            ConfigurationFile.parse(yaml.replace("BASE", bad[0]).replace("FILTER", bad[1])))
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageContaining("'access.ldap.users' is base '" + bad[0] + "' with filter '" + bad[1] + "'");
        }
    }
}
