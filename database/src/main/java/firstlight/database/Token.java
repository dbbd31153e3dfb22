package firstlight.database;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** A transaction's secret: 256 random bits. The database sees its hash alone, so a stolen database opens nothing. */
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
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has it
        }
    }

    @Override
    public String toString() {
        return "Token[...]";
    }
}
