package firstlight.server.access;

import com.nimbusds.oauth2.sdk.id.State;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a browser takes to the provider and brings back. Nothing of it is kept, for anybody may begin a sign-in: what the server must know
 * when the browser comes back follows from the state and a key of this process. Of a state that was made up, or whose time was changed,
 * another verifier follows than the one that the provider was told of, and it gives nothing for that. Sign-ins that are under way at a
 * restart, or come back to another server, begin again.
 */
final class OidcStates {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    OidcStates() {
        byte[] octets = new byte[32];
        new SecureRandom().nextBytes(octets);
        key = new SecretKeySpec(octets, ALGORITHM);
    }

    /** The state tells when it was begun, in the clear, and is random behind the point. */
    OidcProvider.Pending fresh(Instant now) {
        return of(now.getEpochSecond() + "." + new State().getValue());
    }

    /** Empty when it was begun longer than {@code limit} ago, or not here. */
    Optional<OidcProvider.Pending> pending(String state, Duration limit, Instant now) {
        int dot = state.indexOf('.');
        if (dot < 1 || dot > 12 || !state.substring(0, dot).chars().allMatch(each -> each >= '0' && each <= '9')) {
            return Optional.empty();
        }
        Instant since = Instant.ofEpochSecond(Long.parseLong(state.substring(0, dot)));
        return now.isAfter(since.plus(limit)) ? Optional.empty() : Optional.of(of(state));
    }

    private OidcProvider.Pending of(String state) {
        return new OidcProvider.Pending(state, derived("nonce", state), derived("verifier", state));
    }

    /** 43 letters, as many as RFC 7636 wants of a verifier at least. */
    private String derived(String what, String state) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] digest = mac.doFinal((what + " " + state).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
