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
    private static final int COUNTED = 512;

    private final SecretKeySpec content;
    private final SecretKeySpec tweak;
    private final int sector;

    /**
     * @param key both keys, one behind the other
     * @param sector octets that have a tweak of their own; dm-crypt counts in 512 octets, whatever the sector
     */
    Xts(byte[] key, int sector) {
        this.content = new SecretKeySpec(Arrays.copyOfRange(key, 0, key.length / 2), "AES");
        this.tweak = new SecretKeySpec(Arrays.copyOfRange(key, key.length / 2, key.length), "AES");
        this.sector = sector;
    }

    /** Whole sectors from the {@code first} on, in place. */
    void decipher(byte[] octets, long first) {
        turn(Cipher.DECRYPT_MODE, octets, first);
    }

    /** The reverse of {@link #decipher}. */
    void encipher(byte[] octets, long first) {
        turn(Cipher.ENCRYPT_MODE, octets, first);
    }

    private void turn(int mode, byte[] octets, long first) {
        try {
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, tweak);
            byte[] masks = masks(aes.doFinal(numbers(octets.length / sector, first)), octets.length);
            xor(octets, masks);
            aes.init(mode, content);
            aes.doFinal(octets, 0, octets.length, octets, 0);
            xor(octets, masks);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken); // every Java has AES, and the lengths are right
        }
    }

    private byte[] numbers(int sectors, long first) {
        ByteBuffer numbers = ByteBuffer.allocate(sectors * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < sectors; i++) {
            numbers.putLong((first + i) * (sector / COUNTED)).putLong(0);
        }
        return numbers.array();
    }

    /** Each block's tweak is the last one's, doubled in the field of 2^128 elements. */
    private byte[] masks(byte[] tweaks, int length) {
        ByteBuffer masks = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer in = ByteBuffer.wrap(tweaks).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long low = in.getLong();
            long high = in.getLong();
            for (int i = 0; i < sector; i += BLOCK) {
                masks.putLong(low).putLong(high);
                long carry = high >>> 63;
                high = high << 1 | low >>> 63;
                low = low << 1 ^ carry * 0x87;
            }
        }
        return masks.array();
    }

    private static void xor(byte[] octets, byte[] mask) {
        for (int i = 0; i < mask.length; i++) {
            octets[i] ^= mask[i];
        }
    }
}
