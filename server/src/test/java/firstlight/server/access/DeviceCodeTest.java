package firstlight.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.server.access.FakeProvider.Entered;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sign-in without a browser here (RFC 8628), against a provider that speaks it over HTTP. */
class DeviceCodeTest {
    private final Instant now = Instant.parse("2026-11-22T10:00:00Z");
    private final InMemoryAccounts accounts = new InMemoryAccounts();
    private FakeProvider provider;
    private Access access;

    @BeforeEach
    void start() throws Exception {
        provider = new FakeProvider();
        access = access(FakeProvider.CLIENT, FakeProvider.SECRET);
    }

    @AfterEach
    void stop() {
        provider.close();
    }

    private Access access(String client, String secret) {
        OidcSettings oidc = new OidcSettings(
                URI.create(provider.issuer()),
                client,
                secret,
                URI.create("https://firstlight.example.org/api/sign-in/oidc/callback"),
                List.of("openid", "profile"),
                "preferred_username",
                "groups",
                Optional.empty(),
                new RoleMapping(List.of(new RoleMapping.Row("teachers", Role.TECHNICIAN, List.of("room12")))));
        return new Access(
                accounts,
                "local",
                new AccessSettings(50, Duration.ofHours(1), Optional.empty(), Optional.of(oidc)),
                name -> Optional.ofNullable(Map.of("room12", 12L).get(name)));
    }

    private AccessFailure failure(Access.DeviceCode code) {
        return catchThrowableOfType(AccessFailure.class, () -> access.redeemDeviceCode(code.code(), "192.0.2.1", now));
    }

    private static Entered by(String group) {
        return new Entered.By("ann", group, FakeProvider.CLIENT);
    }

    @Test
    void whoEntersTheCodeIsSignedInWithTheRoleOfTheirGroups() throws Exception {
        Access.DeviceCode code = access.beginDeviceCode();
        assertThat(code.verification()).hasToString(provider.issuer() + "/go?user_code=" + code.userCode());
        assertThat(code.seconds()).isEqualTo(600);
        assertThat(code.interval()).isEqualTo(7);
        assertThat(provider.scope).isEqualTo("openid profile");
        assertThat(failure(code).kind()).isEqualTo(AccessFailure.Kind.PENDING);

        provider.enter(code.userCode(), by("teachers"));
        Access.Opened opened = access.redeemDeviceCode(code.code(), "192.0.2.1", now);
        assertThat(opened.user().name()).isEqualTo("ann");
        assertThat(opened.user().role()).isEqualTo(Role.TECHNICIAN);
        assertThat(opened.user().groups()).containsExactly(12L);
        assertThat(opened.user().origin()).isEqualTo(User.Origin.OIDC);
        assertThat(access.caller(opened.secret(), false, "192.0.2.1", false, now))
                .isPresent();
        assertThat(failure(code).kind()).as("a code is good once").isEqualTo(AccessFailure.Kind.REFUSED);
    }

    @Test
    void whoAsksTooOftenIsToldToSlowDownAndGoesOnWaiting() throws Exception {
        Access.DeviceCode code = access.beginDeviceCode();
        provider.enter(code.userCode(), new Entered.SlowDown());
        AccessFailure failure = failure(code);
        assertThat(failure.kind()).isEqualTo(AccessFailure.Kind.SLOW_DOWN);
        provider.enter(code.userCode(), by("teachers"));
        assertThat(access.redeemDeviceCode(code.code(), "192.0.2.1", now).user().name())
                .isEqualTo("ann");
    }

    @Test
    void whatThePersonOrTimeRefusesIsOver() throws Exception {
        Access.DeviceCode code = access.beginDeviceCode();
        provider.enter(code.userCode(), new Entered.Denied());
        assertThat(failure(code)).hasMessageContaining("access_denied");
        provider.enter(code.userCode(), new Entered.Expired());
        assertThat(failure(code)).hasMessageContaining("expired_token");
        assertThat(failure(code).kind()).isEqualTo(AccessFailure.Kind.REFUSED);
        assertThat(accounts.users()).isEmpty();
    }

    @Test
    void aTokenForSomebodyElseOrAPersonWithoutARoleOpensNothing() throws Exception {
        Access.DeviceCode code = access.beginDeviceCode();
        provider.enter(code.userCode(), new Entered.By("ann", "teachers", "another-client"));
        assertThat(failure(code)).hasMessageContaining("ID token is not good");
        code = access.beginDeviceCode();
        provider.enter(code.userCode(), by("pupils"));
        assertThat(failure(code).kind()).isEqualTo(AccessFailure.Kind.NO_ROLE);
        assertThat(accounts.users()).isEmpty();
    }

    @Test
    void aClientThatTheProviderDoesNotKnowIsRefusedInItsWords() throws Exception {
        access = access("stranger", "");
        assertThat(catchThrowableOfType(AccessFailure.class, () -> access.beginDeviceCode()))
                .hasMessageContaining("invalid_client")
                .matches(failure -> failure.cure().contains("client-secret-file"));
        Access.DeviceCode code =
                access(FakeProvider.CLIENT, FakeProvider.SECRET).beginDeviceCode();
        access = access(FakeProvider.CLIENT, "wrong");
        assertThat(failure(code)).hasMessageContaining("invalid_client");
    }
}
