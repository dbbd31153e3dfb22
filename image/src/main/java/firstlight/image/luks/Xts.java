package firstlight.image.luks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** AES in XTS mode (IEEE 1619), of which Java has the AES; with the sector's number as tweak, "plain64". */
final class Xts {
    private static final int BLOCK = 16;

    private final SecretKeySpec content;
    private final SecretKeySpec tweak;

    /** @param key both keys, one behind the other */
    Xts(byte[] key) {
        this.content = new SecretKeySpec(Arrays.copyOfRange(key, 0, key.length / 2), "AES");
        this.tweak = new SecretKeySpec(Arrays.copyOfRange(key, key.length / 2, key.length), "AES");
    }

    /** Whole blocks, in place. */
    void decipher(byte[] octets, int at, int length, long number) {
        try {
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, tweak);
            byte[] start = new byte[BLOCK];
            ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).putLong(number);
            byte[] mask = masks(aes.doFinal(start), length);
            xor(octets, at, mask);
            aes.init(Cipher.DECRYPT_MODE, content);
            byte[] plain = aes.doFinal(octets, at, length);
            System.arraycopy(plain, 0, octets, at, length);
            xor(octets, at, mask);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken); // every Java has AES, and the lengths are right
        }
    }

    /** Each block's tweak is the last one's, doubled in the field of 2^128 elements. */
    private static byte[] masks(byte[] first, int length) {
        ByteBuffer masks = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer in = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
        long low = in.getLong();
        long high = in.getLong();
        while (masks.hasRemaining()) {
            masks.putLong(low).putLong(high);
            long carry = high >>> 63;
            high = high << 1 | low >>> 63;
            low = low << 1 ^ carry * 0x87;
        }
        byte[] octets = new byte[length];
        masks.get(0, octets);
        return octets;
    }

    private static void xor(byte[] octets, int at, byte[] mask) {
        for (int i = 0; i < mask.length; i++) {
            octets[at + i] ^= mask[i];
        }
    }
}
