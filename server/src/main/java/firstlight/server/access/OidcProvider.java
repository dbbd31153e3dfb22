package firstlight.server.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCode;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderConfigurationRequest;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The provider's endpoints: authorization code with PKCE for browsers, device code for the command line. OpenID Connect Core 1.0 and
 * Discovery 1.0, RFC 7636, RFC 8628. For several threads; a question takes up to some seconds.
 */
final class OidcProvider {
    /** For a connection, and for each answer. */
    private static final int PATIENCE_MILLIS = 5_000;
    /** Octets of the provider's list of keys. */
    private static final int LARGEST = 1 << 20;
    /** Asymmetric ones alone: the client's secret must not sign what identifies people. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final OidcSettings settings;
    /** Found at the first sign-in: the provider may start after us. */
    private volatile @Nullable Found found;

    OidcProvider(OidcSettings settings) {
        this.settings = settings;
    }

    private record Found(OIDCProviderMetadata metadata, IDTokenValidator validator) {}

    /**
     * What must be known again when a browser that was sent away comes back.
     *
     * @param state which comes back in the URL
     * @param nonce which must stand in the ID token
     * @param verifier of PKCE, which the provider saw the hash of only
     */
    record Pending(String state, String nonce, String verifier) {}

    /** @param seconds for which the code is good; {@code interval} between two questions */
    record Device(String code, String userCode, URI verification, int seconds, int interval) {}

    /**
     * Where the browser is sent.
     *
     * @throws AccessFailure UNAVAILABLE when the provider was never heard, and is not now
     */
    URI authorization(Pending pending) throws AccessFailure {
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE, scope(), new ClientID(settings.clientId()), settings.redirect())
                .endpointURI(found().metadata.getAuthorizationEndpointURI())
                .state(new State(pending.state))
                .nonce(new Nonce(pending.nonce))
                .codeChallenge(new CodeVerifier(pending.verifier), CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /** @throws AccessFailure REFUSED for a code or token that is not good, UNAVAILABLE when the provider does not answer */
    Person redeem(String code, Pending pending) throws AccessFailure {
        JWT token = token(new AuthorizationCodeGrant(
                new AuthorizationCode(code), settings.redirect(), new CodeVerifier(pending.verifier)));
        return person(token, new Nonce(pending.nonce));
    }

    Device beginDevice() throws AccessFailure {
        URI endpoint = found().metadata.getDeviceAuthorizationEndpointURI();
        if (endpoint == null) {
            throw new AccessFailure(
                    AccessFailure.Kind.NOT_SET_UP,
                    "the provider " + settings.issuer() + " has no device sign-in",
                    "sign in with a browser and make an API token there, or use a local user");
        }
        ClientID client = new ClientID(settings.clientId());
        // Whoever has a secret must show it here too (RFC 8628, 3.1).
        DeviceAuthorizationRequest request = (settings.clientSecret().isEmpty()
                        ? new DeviceAuthorizationRequest.Builder(client)
                        : new DeviceAuthorizationRequest.Builder(
                                new ClientSecretBasic(client, new Secret(settings.clientSecret()))))
                .scope(scope())
                .endpointURI(endpoint)
                .build();
        try {
            DeviceAuthorizationResponse response = DeviceAuthorizationResponse.parse(send(request.toHTTPRequest()));
            if (!response.indicatesSuccess()) {
                throw refused(response.toErrorResponse().getErrorObject());
            }
            DeviceAuthorizationSuccessResponse success = response.toSuccessResponse();
            URI verification =
                    Optional.ofNullable(success.getVerificationURIComplete()).orElse(success.getVerificationURI());
            return new Device(
                    success.getDeviceCode().getValue(),
                    success.getUserCode().getValue(),
                    verification,
                    (int) success.getLifetime(),
                    (int) success.getInterval());
        } catch (ParseException e) {
            throw unavailable(e);
        }
    }

    /** PENDING until somebody has entered the code. */
    Person redeemDevice(String deviceCode) throws AccessFailure {
        return person(token(new DeviceCodeGrant(new DeviceCode(deviceCode))), null);
    }

    private JWT token(AuthorizationGrant grant) throws AccessFailure {
        URI endpoint = found().metadata.getTokenEndpointURI();
        ClientID client = new ClientID(settings.clientId());
        TokenRequest request = settings.clientSecret().isEmpty()
                ? new TokenRequest.Builder(endpoint, client, grant).build()
                : new TokenRequest.Builder(
                                endpoint, new ClientSecretBasic(client, new Secret(settings.clientSecret())), grant)
                        .build();
        try {
            TokenResponse response = OIDCTokenResponseParser.parse(send(request.toHTTPRequest()));
            if (!response.indicatesSuccess()) {
                throw refused(response.toErrorResponse().getErrorObject());
            }
            return ((OIDCTokenResponse) response).getOIDCTokens().getIDToken();
        } catch (ParseException e) {
            throw unavailable(e);
        }
    }

    private Person person(JWT token, @Nullable Nonce nonce) throws AccessFailure {
        try {
            IDTokenClaimsSet claims = found().validator.validate(token, nonce);
            return OidcClaims.person(claims.toJSONObject(), settings.nameClaim(), settings.memberClaim());
        } catch (BadJOSEException e) {
            throw new AccessFailure(
                    AccessFailure.Kind.REFUSED, "the provider's ID token is not good: " + e.getMessage(), "", e);
        } catch (JOSEException e) {
            throw unavailable(e);
        }
    }

    private Scope scope() {
        return new Scope(settings.scopes().toArray(String[]::new));
    }

    /** Two threads may find it at once; either's is right. Its keys are fetched anew by the library when one is unknown. */
    private Found found() throws AccessFailure {
        Found known = found;
        if (known != null) {
            return known;
        }
        try {
            Issuer issuer = new Issuer(settings.issuer());
            HTTPResponse response = send(new OIDCProviderConfigurationRequest(issuer).toHTTPRequest());
            response.ensureStatusCode(200);
            OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(response.getBodyAsJSONObject());
            // Discovery 1.0, 4.3: else another provider's tokens would be taken for its.
            if (!metadata.getIssuer().equals(issuer)) {
                throw new ParseException("it calls itself " + metadata.getIssuer());
            }
            JWKSource<SecurityContext> keys = JWKSourceBuilder.create(
                            metadata.getJWKSetURI().toURL(),
                            new DefaultResourceRetriever(PATIENCE_MILLIS, PATIENCE_MILLIS, LARGEST, true, sockets()))
                    .build();
            Found fresh = new Found(
                    metadata,
                    new IDTokenValidator(
                            issuer,
                            new ClientID(settings.clientId()),
                            new JWSVerificationKeySelector<>(ALGORITHMS, keys),
                            null));
            found = fresh;
            return fresh;
        } catch (ParseException | IOException e) {
            throw unavailable(e);
        }
    }

    private HTTPResponse send(HTTPRequest request) throws AccessFailure {
        request.setConnectTimeout(PATIENCE_MILLIS);
        request.setReadTimeout(PATIENCE_MILLIS);
        SSLSocketFactory own = sockets();
        if (own != null) {
            request.setSSLSocketFactory(own);
        }
        try {
            return request.send();
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private @Nullable SSLSocketFactory sockets() throws AccessFailure {
        return settings.trust().isPresent() ? Trust.in(settings.trust().get()).getSocketFactory() : null;
    }

    private static AccessFailure refused(ErrorObject error) {
        String code = String.valueOf(error.getCode());
        String words = code + (error.getDescription() == null ? "" : ": " + error.getDescription());
        return switch (code) {
            case "authorization_pending" ->
                new AccessFailure(AccessFailure.Kind.PENDING, "nobody has entered the code yet", "");
            case "slow_down" ->
                new AccessFailure(AccessFailure.Kind.SLOW_DOWN, "nobody has entered the code yet; ask less often", "");
            case "invalid_client", "unauthorized_client" ->
                new AccessFailure(
                        AccessFailure.Kind.UNAVAILABLE,
                        "the provider does not take this server for a client of its: " + words,
                        "see access.oidc.client-id and client-secret-file, and what the provider allows that client");
            default -> new AccessFailure(AccessFailure.Kind.REFUSED, "the provider refuses: " + words, "");
        };
    }

    private AccessFailure unavailable(Exception cause) {
        return new AccessFailure(
                AccessFailure.Kind.UNAVAILABLE,
                "the provider " + settings.issuer() + " does not help: " + cause.getMessage(),
                "see access.oidc in the configuration, and whether the provider answers",
                cause);
    }
}
