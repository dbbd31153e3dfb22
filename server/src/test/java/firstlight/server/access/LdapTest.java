package firstlight.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import firstlight.policy.access.ApiToken;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Against a real LDAP server, with and without TLS. */
class LdapTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final RoleMapping ROLES = new RoleMapping(List.of(
            new RoleMapping.Row("cn=IT, ou=groups,dc=school", Role.ADMINISTRATOR, List.of()),
            new RoleMapping.Row("teachers", Role.TECHNICIAN, List.of("room12", "gone"))));

    @TempDir
    private Path directory;

    private final InMemoryAccounts accounts = new InMemoryAccounts();
    private InMemoryDirectoryServer server;
    private Optional<ResultCode> keptOut = Optional.empty();
    private Path trust;

    @BeforeEach
    void start() throws Exception {
        TestCertificate certificate = TestCertificate.forLoopback();
        trust = certificate.writePem(directory.resolve("ca.pem"));
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=school");
        config.setSchema(null);
        config.addAdditionalBindCredentials("cn=firstlight", "look up");
        config.setAuthenticationRequiredOperationTypes(Set.of(com.unboundid.ldap.sdk.OperationType.SEARCH));
        config.addInMemoryOperationInterceptor(new InMemoryOperationInterceptor() {
            @Override
            public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) throws LDAPException {
                if (keptOut.isPresent() && request.getRequest().getBindDN().startsWith("uid=")) {
                    throw new LDAPException(keptOut.get(), "account locked");
                }
            }
        });
        InetAddress loopback = InetAddress.getLoopbackAddress();
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig(
                        "plain", loopback, 0, certificate.context().getSocketFactory()),
                InMemoryListenerConfig.createLDAPSConfig(
                        "tls",
                        loopback,
                        0,
                        certificate.context().getServerSocketFactory(),
                        certificate.context().getSocketFactory()));
        server = new InMemoryDirectoryServer(config);
        server.add("dn: dc=school", "objectClass: domain", "dc: school");
        server.add("dn: ou=people,dc=school", "objectClass: organizationalUnit", "ou: people");
        server.add("dn: ou=groups,dc=school", "objectClass: organizationalUnit", "ou: groups");
        person("ann", "cn=it,ou=groups,dc=school");
        person("bob", "cn=pupils,ou=groups,dc=school");
        person("carl*", "cn=pupils,ou=groups,dc=school");
        server.add(
                "dn: cn=teachers,ou=groups,dc=school",
                "objectClass: groupOfNames",
                "cn: teachers",
                "member: uid=carl*,ou=people,dc=school");
        server.startListening();
    }

    private void person(String name, String group) throws Exception {
        server.add(
                "dn: uid=" + name + ",ou=people,dc=school",
                "objectClass: inetOrgPerson",
                "uid: " + name,
                "cn: " + name,
                "sn: " + name,
                "displayName: The real " + name,
                "memberOf: " + group,
                "userPassword: secret of " + name);
    }

    @AfterEach
    void stop() {
        server.shutDown(true);
    }

    private Access access(LdapSettings.Security security, String bindPassword, Optional<Path> believed) {
        return access(security, bindPassword, believed, "(uid={name})");
    }

    private Access access(LdapSettings.Security security, String bindPassword, Optional<Path> believed, String filter) {
        int port = server.getListenPort(security == LdapSettings.Security.TLS ? "tls" : "plain");
        LdapSettings ldap = new LdapSettings(
                "127.0.0.1",
                port,
                security,
                believed,
                "cn=firstlight",
                bindPassword,
                new LdapSettings.Search("ou=people,dc=school", filter),
                "uid",
                "memberOf",
                Optional.of(new LdapSettings.Search("ou=groups,dc=school", "(member={dn})")),
                ROLES);
        AccessSettings settings = new AccessSettings(50, Duration.ofHours(1), Optional.of(ldap), Optional.empty());
        return new Access(
                accounts,
                "local",
                settings,
                name -> Optional.ofNullable(Map.of("room12", 12L).get(name)));
    }

    private AccessFailure failure(Access access, String name, String password) {
        return catchThrowableOfType(AccessFailure.class, () -> access.signIn(name, password, "192.0.2.1", NOW));
    }

    @Test
    void thePasswordIsJudgedByTheDirectoryAndTheGroupMakesTheRole() throws Exception {
        for (LdapSettings.Security security : LdapSettings.Security.values()) {
            Access access = access(security, "look up", Optional.of(trust));
            User ann = access.signIn("ANN", "secret of ann", "192.0.2.1", NOW).user();
            assertThat(ann.role()).isEqualTo(Role.ADMINISTRATOR);
            assertThat(ann.name()).isEqualTo("ann");
            assertThat(ann.fullName()).isEqualTo("The real ann");
            assertThat(ann.origin()).isEqualTo(User.Origin.LDAP);
            assertThat(ann.passwordHash()).isEmpty();
            assertThat(failure(access, "ann", "wrong").kind()).isEqualTo(AccessFailure.Kind.REFUSED);
        }
        assertThat(accounts.users()).hasSize(1);
    }

    @Test
    void anAccountThatTheDirectoryKeepsOutIsNoFailureOfTheDirectory() {
        for (ResultCode code : List.of(
                ResultCode.CONSTRAINT_VIOLATION,
                ResultCode.UNWILLING_TO_PERFORM,
                ResultCode.INAPPROPRIATE_AUTHENTICATION)) {
            keptOut = Optional.of(code);
            AccessFailure failure =
                    failure(access(LdapSettings.Security.NONE, "look up", Optional.empty()), "ann", "secret of ann");
            assertThat(failure.kind()).isEqualTo(AccessFailure.Kind.REFUSED);
            assertThat(failure).hasMessageContaining("does not let 'ann' in");
        }
        keptOut = Optional.of(ResultCode.BUSY);
        assertThat(failure(access(LdapSettings.Security.NONE, "look up", Optional.empty()), "ann", "secret of ann")
                        .kind())
                .isEqualTo(AccessFailure.Kind.UNAVAILABLE);
    }

    @Test
    void anEmptyPasswordIsNoAnonymousBind() {
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        assertThat(failure(access, "ann", "").kind()).isEqualTo(AccessFailure.Kind.REFUSED);
    }

    @Test
    void whoIsInNoMappedGroupMayNothing() {
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        assertThat(failure(access, "bob", "secret of bob")).hasMessageContaining("no group that has a role");
        assertThat(accounts.users()).isEmpty();
    }

    @Test
    void aGroupOfARoleThatIsThereNoMoreIsNamedInTheLogOnce() throws Exception {
        server.modify(
                "dn: cn=teachers,ou=groups,dc=school",
                "changetype: modify",
                "add: member",
                "member: uid=bob,ou=people,dc=school");
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        Logger logger = (Logger) LoggerFactory.getLogger(Access.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
        try {
            User bob = access.signIn("bob", "secret of bob", "192.0.2.1", NOW).user();
            access.signIn("bob", "secret of bob", "192.0.2.1", NOW);
            assertThat(bob.groups()).containsExactly(12L);
        } finally {
            logger.detachAppender(said);
        }
        assertThat(said.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "access.ldap.roles names the group 'gone', which there is not: see firstlight group list");
    }

    @Test
    void aPasswordThatBeginsOrEndsWithABlankIsTheDirectorysToJudge() throws Exception {
        server.modify(
                "dn: uid=ann,ou=people,dc=school",
                "changetype: modify",
                "replace: userPassword",
                "userPassword:: IGEgYmxhbmsg");
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        assertThat(access.signIn("ann", " a blank ", "192.0.2.1", NOW).user().name())
                .isEqualTo("ann");
    }

    @Test
    void aStarInANameIsNoWildcard() {
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        assertThat(failure(access, "a*", "secret of ann").kind()).isEqualTo(AccessFailure.Kind.REFUSED);
    }

    @Test
    void groupsAreFoundByTheirMembersToo() {
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        // The directory knows the name, but it is none for us: the search for it and for its groups worked.
        assertThat(failure(access, "carl*", "secret of carl*")).hasMessageContaining("cannot be a user's name");
    }

    @Test
    void aCertificateOfAnotherCaIsRefused() throws Exception {
        Path other = TestCertificate.forLoopback().writePem(directory.resolve("other.pem"));
        for (LdapSettings.Security security : List.of(LdapSettings.Security.TLS, LdapSettings.Security.START_TLS)) {
            Access access = access(security, "look up", Optional.of(other));
            assertThat(failure(access, "ann", "secret of ann").kind()).isEqualTo(AccessFailure.Kind.UNAVAILABLE);
        }
    }

    @Test
    void aWrongServicePasswordIsTheSitesFaultNotThePersons() {
        Access access = access(LdapSettings.Security.TLS, "outdated", Optional.of(trust));
        AccessFailure failure = failure(access, "ann", "secret of ann");
        assertThat(failure.kind()).isEqualTo(AccessFailure.Kind.UNAVAILABLE);
        assertThat(failure.cure()).contains("access.ldap");
    }

    @Test
    void whoLeavesTheDirectoryOrAGroupThereIsOutWithinTheHour() throws Exception {
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        User ann = access.signIn("ann", "secret of ann", "192.0.2.1", NOW).user();
        String token = Secret.fresh(Secret.TOKEN);
        accounts.add(new ApiToken(
                0, "backup", ann.id(), Secret.hash(token), NOW, Optional.of(NOW.plus(Duration.ofDays(90)))));
        assertThat(role(access, token, NOW)).contains(Role.ADMINISTRATOR);

        server.modify(
                "dn: uid=ann,ou=people,dc=school",
                "changetype: modify",
                "replace: memberOf",
                "memberOf: cn=teachers,ou=groups,dc=school");
        assertThat(role(access, token, NOW.plusSeconds(3599))).contains(Role.ADMINISTRATOR);
        Instant later = NOW.plusSeconds(3600);
        assertThat(role(access, token, later)).contains(Role.TECHNICIAN);

        server.delete("uid=ann,ou=people,dc=school");
        later = later.plusSeconds(3600);
        assertThat(role(access, token, later)).isEmpty();
        assertThat(role(access, token, later.plusSeconds(1))).isEmpty();
        person("ann", "cn=it,ou=groups,dc=school");
        later = later.plusSeconds(300);
        assertThat(role(access, token, later)).as("back again").contains(Role.ADMINISTRATOR);

        server.modify(
                "dn: uid=ann,ou=people,dc=school",
                "changetype: modify",
                "replace: memberOf",
                "memberOf: cn=pupils,ou=groups,dc=school");
        later = later.plusSeconds(3600);
        assertThat(role(access, token, later)).as("no role there").isEmpty();
        server.shutDown(true);
        assertThat(role(access, token, later.plusSeconds(300)))
                .as("as it was said last")
                .isEmpty();
    }

    /** What was typed at the sign-in is not known any more: all else that the filter asks for must hold. */
    @Test
    void whoFallsOutOfTheFilterIsOutThoughAGroupGivesARole() throws Exception {
        String filter = "(&(mail={name})(!(employeeType=left)))";
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty(), filter);
        server.modify("dn: uid=ann,ou=people,dc=school", "changetype: modify", "add: mail", "mail: ann@school.example");
        User ann = access.signIn("ann@school.example", "secret of ann", "192.0.2.1", NOW)
                .user();
        String token = Secret.fresh(Secret.TOKEN);
        accounts.add(new ApiToken(0, "backup", ann.id(), Secret.hash(token), NOW, Optional.empty()));
        Instant later = NOW.plusSeconds(3600);
        assertThat(role(access, token, later)).as("by another attribute").contains(Role.ADMINISTRATOR);
        server.modify(
                "dn: uid=ann,ou=people,dc=school", "changetype: modify", "add: employeeType", "employeeType: left");
        later = later.plusSeconds(3600);
        assertThat(role(access, token, later)).isEmpty();
    }

    @Test
    void whoIsBackInTheDirectoryAndSignsInIsInAtOnce() throws Exception {
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        User ann = access.signIn("ann", "secret of ann", "192.0.2.1", NOW).user();
        String token = Secret.fresh(Secret.TOKEN);
        accounts.add(new ApiToken(0, "backup", ann.id(), Secret.hash(token), NOW, Optional.empty()));
        server.delete("uid=ann,ou=people,dc=school");
        Instant later = NOW.plusSeconds(3600);
        assertThat(role(access, token, later)).isEmpty();
        person("ann", "cn=it,ou=groups,dc=school");
        later = later.plusSeconds(60);
        String session =
                access.signIn("ann", "secret of ann", "192.0.2.1", later).secret();
        assertThat(role(access, session, later)).contains(Role.ADMINISTRATOR);
    }

    @Test
    void whileTheDirectoryDoesNotAnswerTokensGoOn() throws Exception {
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        User ann = access.signIn("ann", "secret of ann", "192.0.2.1", NOW).user();
        String token = Secret.fresh(Secret.TOKEN);
        accounts.add(new ApiToken(0, "backup", ann.id(), Secret.hash(token), NOW, Optional.empty()));
        server.shutDown(true);
        assertThat(role(access, token, NOW.plus(Duration.ofDays(1)))).contains(Role.ADMINISTRATOR);
    }

    private static Optional<Role> role(Access access, String token, Instant now) {
        return access.caller(token, false, "192.0.2.1", false, now).map(Caller::role);
    }

    @Test
    void aLocalUserOfThatNameIsNotTakenOver() {
        accounts.add(new User(
                0, "ann", "", User.Origin.LOCAL, Role.VIEWER, Set.of(), Passwords.hash("her own one"), true, NOW));
        Access access = access(LdapSettings.Security.NONE, "look up", Optional.empty());
        assertThat(failure(access, "ann", "secret of ann").kind()).isEqualTo(AccessFailure.Kind.REFUSED);
    }
}
