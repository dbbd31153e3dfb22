package firstlight.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4), which names chunks, certificates and secrets here; 32 octets, or 64 hexadecimal digits in lower case. */
public final class Sha256 {
    private Sha256() {}

    /** A digest that has read nothing yet, for what comes in pieces. */
    public static MessageDigest fresh() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has it
        }
    }

    public static byte[] of(byte[] octets) {
        return fresh().digest(octets);
    }

    /** As {@code sha256sum} prints it. */
    public static String hex(byte[] octets) {
        return HexFormat.of().formatHex(of(octets));
    }

    /** Of {@code text} in UTF-8. */
    public static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }
}
