package firstlight.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id in the PHC text form, with its parameters in it, so that they can grow without a migration. RFC 9106. It takes time and memory
 * by intent, on the caller's thread.
 */
public final class Passwords {
    /** OWASP's smallest: 19 MiB, two passes. */
    private static final Cost USUAL = new Cost(19_456, 2, 1);

    private static final Pattern PHC =
            Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,3}),p=(\\d{1,2})\\$([^$]+)\\$([^$]+)");
    /** A flood of sign-ins must not take the server's memory. */
    private static final Semaphore AT_ONCE = new Semaphore(2);

    /** Characters. */
    private static final int SHORTEST = 10;

    private static final int LONGEST = 200;

    /** Of a password that nobody knows: an unknown user takes as long as a known one. */
    private static final String NOBODYS = hash(Secret.password());

    /** @param kibibytes of memory while it is computed */
    private record Cost(int kibibytes, int passes, int lanes) {}

    private Passwords() {}

    /** Whether people may choose it. Length is what counts; a rule for digits and signs makes passwords weaker. */
    public static boolean isLongEnough(String password) {
        return password.length() >= SHORTEST && password.length() <= LONGEST;
    }

    /** Of one that {@link #isLongEnough}; with a salt of 16 octets, so that the same password is another text each time. */
    public static String hash(String password) {
        byte[] salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        return "$argon2id$v=19$m=" + USUAL.kibibytes + ",t=" + USUAL.passes + ",p=" + USUAL.lanes + "$" + text(salt)
                + "$" + text(derive(password, salt, USUAL));
    }

    /** {@code kept} may be empty: nothing opens it, and it takes as long to say so. */
    static boolean isRight(String password, String kept) {
        Matcher phc = PHC.matcher(kept.isEmpty() ? NOBODYS : kept);
        if (!phc.matches()) {
            return false;
        }
        String tried = password.substring(0, Math.min(password.length(), LONGEST + 1)); // takes as long to be wrong
        Cost cost = new Cost(
                Integer.parseInt(phc.group(1)), Integer.parseInt(phc.group(2)), Integer.parseInt(phc.group(3)));
        byte[] derived = derive(tried, Base64.getDecoder().decode(phc.group(4)), cost);
        return MessageDigest.isEqual(derived, Base64.getDecoder().decode(phc.group(5)))
                && !kept.isEmpty()
                && password.length() <= LONGEST;
    }

    private static byte[] derive(String password, byte[] salt, Cost cost) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(cost.kibibytes)
                .withIterations(cost.passes)
                .withParallelism(cost.lanes)
                .withSalt(salt)
                .build());
        byte[] derived = new byte[32];
        AT_ONCE.acquireUninterruptibly();
        try {
            generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), derived);
        } finally {
            AT_ONCE.release();
        }
        return derived;
    }

    private static String text(byte[] octets) {
        return Base64.getEncoder().withoutPadding().encodeToString(octets);
    }
}
