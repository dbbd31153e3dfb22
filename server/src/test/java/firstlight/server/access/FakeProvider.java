package firstlight.server.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** An OpenID provider with the device authorization grant (RFC 8628) over HTTP: it answers what the test decides. */
final class FakeProvider implements AutoCloseable {
    static final String CLIENT = "firstlight";
    static final String SECRET = "not so secret";

    /** What came of a user code. */
    sealed interface Entered {
        record Nothing() implements Entered {}

        record SlowDown() implements Entered {}

        record Denied() implements Entered {}

        record Expired() implements Entered {}

        /** @param audience for whom the ID token is made out */
        record By(String person, String group, String audience) implements Entered {}
    }

    private final HttpServer http;
    private final RSAKey key;
    private final Map<String, Entered> codes = new ConcurrentHashMap<>();
    /** Scopes that were asked for. */
    volatile String scope = "";

    FakeProvider() throws IOException, JOSEException {
        key = new RSAKeyGenerator(2048).keyID("k1").generate();
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/.well-known/openid-configuration", exchange -> answer(exchange, 200, metadata()));
        http.createContext(
                "/keys",
                exchange ->
                        answer(exchange, 200, new JWKSet(key).toPublicJWKSet().toString()));
        http.createContext("/device", this::begin);
        http.createContext("/token", this::token);
        http.start();
    }

    String issuer() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /** Somebody at a browser, with the code that a person was shown. */
    void enter(String userCode, Entered entered) {
        codes.put("device-of-" + userCode, entered);
    }

    private String metadata() {
        return """
                {"issuer": "%1$s", "authorization_endpoint": "%1$s/authorize", "token_endpoint": "%1$s/token",
                 "device_authorization_endpoint": "%1$s/device", "jwks_uri": "%1$s/keys",
                 "response_types_supported": ["code"], "subject_types_supported": ["public"],
                 "grant_types_supported": ["urn:ietf:params:oauth:grant-type:device_code"],
                 "id_token_signing_alg_values_supported": ["RS256"]}""".formatted(issuer());
    }

    /** RFC 8628, 3.1 and 3.2. */
    private void begin(HttpExchange exchange) throws IOException {
        Map<String, String> form = form(exchange);
        if (!isClient(exchange)) {
            answer(exchange, 401, "{\"error\": \"invalid_client\"}");
            return;
        }
        scope = form.getOrDefault("scope", "");
        String user = "WDJB-" + (1000 + codes.size());
        codes.put("device-of-" + user, new Entered.Nothing());
        answer(exchange, 200, """
                {"device_code": "device-of-%1$s", "user_code": "%1$s", "verification_uri": "%2$s/go",
                 "verification_uri_complete": "%2$s/go?user_code=%1$s", "expires_in": 600, "interval": 7}""".formatted(user, issuer()));
    }

    /** RFC 8628, 3.4 and 3.5: a code is good once. */
    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form = form(exchange);
        if (!isClient(exchange)) {
            answer(exchange, 401, "{\"error\": \"invalid_client\"}");
            return;
        }
        if (!"urn:ietf:params:oauth:grant-type:device_code".equals(form.get("grant_type"))) {
            answer(exchange, 400, "{\"error\": \"unsupported_grant_type\"}");
            return;
        }
        String code = form.getOrDefault("device_code", "");
        switch (codes.getOrDefault(code, new Entered.Expired())) {
            case Entered.Nothing _ -> answer(exchange, 400, "{\"error\": \"authorization_pending\"}");
            case Entered.SlowDown _ -> answer(exchange, 400, "{\"error\": \"slow_down\"}");
            case Entered.Denied _ -> answer(exchange, 400, "{\"error\": \"access_denied\"}");
            case Entered.Expired _ -> answer(exchange, 400, "{\"error\": \"expired_token\"}");
            case Entered.By by -> {
                codes.remove(code);
                answer(
                        exchange,
                        200,
                        "{\"access_token\": \"a\", \"token_type\": \"Bearer\", \"id_token\": \"" + idToken(by) + "\"}");
            }
        }
    }

    /** At both endpoints: a client with a secret shows it (RFC 6749, 2.3.1: each part encoded as in a form). */
    private static boolean isClient(HttpExchange exchange) {
        String pair = CLIENT + ":" + SECRET.replace(' ', '+');
        String expected = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        return expected.equals(exchange.getRequestHeaders().getFirst("Authorization"));
    }

    private String idToken(Entered.By by) throws IOException {
        Instant now = Instant.now();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(issuer())
                .subject("subject-of-" + by.person)
                .audience(by.audience)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(600)))
                .claim("preferred_username", by.person)
                .claim("groups", List.of(by.group))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IOException(e);
        }
        return token.serialize();
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return Arrays.stream(body.split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] octets = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, octets.length);
        exchange.getResponseBody().write(octets);
        exchange.close();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
