package firstlight.server.access;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The OpenID provider that vouches for people.
 *
 * @param issuer exactly as the provider calls itself, and its tokens
 * @param clientSecret empty for a public client; PKCE is used with either
 * @param redirect where the provider sends browsers back to: {@code https://THIS-SERVER/api/sign-in/oidc/callback}
 * @param scopes {@code openid} among them
 * @param nameClaim what a person is called here
 * @param memberClaim the claim with the groups or roles that {@code roles} looks at; {@code realm_access.roles} goes down
 * @param trust PEM file of the provider's CA; empty for the ones that Java knows
 */
public record OidcSettings(
        URI issuer,
        String clientId,
        String clientSecret,
        URI redirect,
        List<String> scopes,
        String nameClaim,
        String memberClaim,
        Optional<Path> trust,
        RoleMapping roles) {
    public OidcSettings {
        scopes = List.copyOf(scopes);
    }

    @Override
    public String toString() {
        return "OidcSettings[" + issuer + " " + clientId + "]";
    }
}
