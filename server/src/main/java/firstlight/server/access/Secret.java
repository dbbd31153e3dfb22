package firstlight.server.access;

import firstlight.model.Sha256;
import java.security.SecureRandom;
import java.util.Base64;

/** Random texts that open something. They are shown once; kept is their hash, which suffices for 256 bits of randomness. */
public final class Secret {
    /** Tells secret scanners, and people who find one in a log, what it is. */
    public static final String TOKEN = "flt_";

    /** As {@link #TOKEN}. */
    static final String SESSION = "fls_";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String READABLE = "abcdefghjkmnpqrstuvwxyz23456789";

    private Secret() {}

    /** The prefix and 43 characters of base64url. */
    public static String fresh(String prefix) {
        byte[] octets = new byte[32];
        RANDOM.nextBytes(octets);
        return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    /** Twenty letters and digits in groups, without those that look alike: about 99 bits. */
    public static String password() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            text.append(i > 0 && i % 5 == 0 ? "-" : "").append(READABLE.charAt(RANDOM.nextInt(READABLE.length())));
        }
        return text.toString();
    }

    /** SHA-256: a slow hash protects what can be guessed, and 256 random bits cannot. */
    public static String hash(String secret) {
        return Sha256.hex(secret);
    }
}
