package firstlight.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a provider of somebody else's: discovery, code with PKCE, an ID token that is verified with its keys. */
class OidcTest {
    private static final RoleMapping ROLES = new RoleMapping(List.of(
            new RoleMapping.Row("imaging-admins", Role.ADMINISTRATOR, List.of()),
            new RoleMapping.Row("teachers", Role.TECHNICIAN, List.of("room12"))));

    private Instant now = Instant.parse("2026-11-22T10:00:00Z");
    private final InMemoryAccounts accounts = new InMemoryAccounts();
    private final MockOAuth2Server provider = new MockOAuth2Server();

    @BeforeEach
    void start() throws Exception {
        provider.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() {
        provider.shutdown();
    }

    private Access access(String issuer, String clientId) {
        OidcSettings oidc = new OidcSettings(
                URI.create(provider.issuerUrl(issuer).toString()),
                clientId,
                "not so secret",
                URI.create("https://firstlight.example.org/api/sign-in/oidc/callback"),
                List.of("openid", "profile"),
                "preferred_username",
                "groups",
                Optional.empty(),
                ROLES);
        AccessSettings settings = new AccessSettings(50, Duration.ofHours(1), Optional.empty(), Optional.of(oidc));
        return new Access(
                accounts,
                "local",
                settings,
                name -> Optional.ofNullable(Map.of("room12", 12L).get(name)));
    }

    private void providerKnows(String name, String audience, String group) {
        provider.enqueueCallback(new DefaultOAuth2TokenCallback(
                "school",
                "subject-1",
                "JWT",
                List.of(audience),
                Map.of("preferred_username", name, "groups", List.of(group), "name", "The real " + name),
                3600));
    }

    /** What a browser does: goes there, and is sent back with a code. */
    private static Map<String, String> goThere(URI to) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) to.toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        assertThat(connection.getResponseCode()).isEqualTo(302);
        return query(URI.create(connection.getHeaderField("Location")));
    }

    private static Map<String, String> query(URI uri) {
        return Arrays.stream(uri.getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    @Test
    void aBrowserComesBackSignedInWithTheRoleOfItsGroups() throws Exception {
        Access access = access("school", "firstlight");
        Access.Departure departure = access.sendToProvider(now);
        assertThat(query(departure.to()))
                .containsEntry("code_challenge_method", "S256")
                .containsKeys("code_challenge", "nonce", "state");
        providerKnows("ann", "firstlight", "teachers");
        Map<String, String> back = goThere(departure.to());
        User user = access.backFromProvider(back.get("code"), back.get("state"), departure.state(), "192.0.2.1", now)
                .user();
        assertThat(user.role()).isEqualTo(Role.TECHNICIAN);
        assertThat(user.groups()).containsExactly(12L);
        assertThat(user.fullName()).isEqualTo("The real ann");
        assertThat(user.origin()).isEqualTo(User.Origin.OIDC);
    }

    @Test
    void aSignInIsGoodForTenMinutesAndOnlyForTheBrowserThatBeganIt() throws Exception {
        Access access = access("school", "firstlight");
        Access.Departure departure = access.sendToProvider(now);
        providerKnows("ann", "firstlight", "teachers");
        Map<String, String> back = goThere(departure.to());
        assertThat(failure(access, back, "another browser's").kind()).isEqualTo(AccessFailure.Kind.REFUSED);
        assertThat(failure(access, Map.of("code", back.get("code"), "state", ""), "")
                        .kind())
                .isEqualTo(AccessFailure.Kind.REFUSED);
        Instant began = now;
        now = now.plusSeconds(601);
        assertThat(failure(access, back, departure.state())).hasMessageContaining("too long ago");
        String later =
                departure.state().replace(Long.toString(began.getEpochSecond()), Long.toString(now.getEpochSecond()));
        assertThat(failure(access, Map.of("code", back.get("code"), "state", later), later)
                        .kind())
                .as("with a time that was changed on the way")
                .isEqualTo(AccessFailure.Kind.REFUSED);
        assertThat(accounts.users()).isEmpty();
    }

    @Test
    void aCodeOfAnotherSignInIsRefused() throws Exception {
        Access access = access("school", "firstlight");
        Access.Departure victims = access.sendToProvider(now);
        Access.Departure attackers = access.sendToProvider(now);
        providerKnows("ann", "firstlight", "imaging-admins");
        Map<String, String> back = new HashMap<>(goThere(attackers.to()));
        back.put("state", victims.state());
        assertThat(failure(access, back, victims.state()).kind()).isEqualTo(AccessFailure.Kind.REFUSED);
        assertThat(accounts.users()).isEmpty();
    }

    @Test
    void signInsThatStrangersBeginKeepNobodyOut() throws Exception {
        Access access = access("school", "firstlight");
        Access.Departure departure = access.sendToProvider(now);
        for (int i = 0; i < 10_001; i++) {
            access.sendToProvider(now);
        }
        providerKnows("ann", "firstlight", "teachers");
        Map<String, String> back = goThere(departure.to());
        assertThat(access.backFromProvider(back.get("code"), back.get("state"), departure.state(), "192.0.2.1", now)
                        .user()
                        .name())
                .isEqualTo("ann");
    }

    @Test
    void whoIsInNoMappedGroupMayNothing() throws Exception {
        Access access = access("school", "firstlight");
        Access.Departure departure = access.sendToProvider(now);
        providerKnows("bob", "firstlight", "pupils");
        Map<String, String> back = goThere(departure.to());
        assertThat(failure(access, back, departure.state()).kind()).isEqualTo(AccessFailure.Kind.NO_ROLE);
    }

    @Test
    void aProviderWithoutDeviceSignInSaysSo() {
        Access access = access("school", "firstlight");
        AccessFailure failure = catchThrowableOfType(AccessFailure.class, access::beginDeviceCode);
        assertThat(failure.kind()).isEqualTo(AccessFailure.Kind.NOT_SET_UP);
        assertThat(failure.cure()).contains("API token");
    }

    @Test
    void aProviderThatIsAwayIsTheSitesFault() {
        Access access = access("school", "firstlight");
        provider.shutdown();
        AccessFailure failure = catchThrowableOfType(AccessFailure.class, () -> access.sendToProvider(now));
        assertThat(failure.kind()).isEqualTo(AccessFailure.Kind.UNAVAILABLE);
    }

    private AccessFailure failure(Access access, Map<String, String> back, String stateOfBrowser) {
        return catchThrowableOfType(
                AccessFailure.class,
                () -> access.backFromProvider(back.get("code"), back.get("state"), stateOfBrowser, "192.0.2.1", now));
    }
}
