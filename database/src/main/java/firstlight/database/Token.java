package firstlight.database;

import firstlight.model.Sha256;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A transaction's secret: 256 random bits. The database sees its hash alone, so a stolen database opens nothing.
 *
 * @param secret 43 characters of base64url; it stands on the environment's kernel command line
 */
record Token(String secret) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static Token random() {
        byte[] octets = new byte[32];
        RANDOM.nextBytes(octets);
        return new Token(Base64.getUrlEncoder().withoutPadding().encodeToString(octets));
    }

    String hash() {
        return hash(secret);
    }

    static String hash(String secret) {
        return Sha256.hex(secret);
    }

    @Override
    public String toString() {
        return "Token[...]";
    }
}
