package firstlight.image.wipe;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Random octets that can be made a second time, to compare with what the disk gives back: AES in counter mode under a key thrown away. */
final class Noise {
    private static final int AES_BLOCK = 16;

    private final SecretKeySpec key;

    Noise() {
        byte[] octets = new byte[AES_BLOCK];
        new SecureRandom().nextBytes(octets);
        key = new SecretKeySpec(octets, "AES");
    }

    /** {@code length} octets for the place {@code offset}, a multiple of 16. */
    byte[] at(long offset, int length) {
        byte[] counter =
                ByteBuffer.allocate(AES_BLOCK).putLong(8, offset / AES_BLOCK).array();
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(counter));
            return cipher.doFinal(new byte[length]);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has AES", impossible);
        }
    }
}
