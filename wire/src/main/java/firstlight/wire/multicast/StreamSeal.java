package firstlight.wire.multicast;

import firstlight.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-128-GCM with keys made from a stream's secret, which only its members get, over TLS. Whoever listens to the group
 * without it sees how much is sent, and nothing else; what he sends there is found out.
 *
 * <p>A block's nonce is its number: a stream must never seal two contents under one number.
 */
public final class StreamSeal {
    /** Octets by which a seal makes its content longer. */
    public static final int TAG = 16;

    /** Octets of a secret. */
    public static final int SECRET = 32;

    private final SecretKeySpec blocks;
    private final SecretKeySpec reports;
    private final SecretKeySpec beats;

    public StreamSeal(Bytes secret) {
        if (secret.length() != SECRET) {
            throw new IllegalArgumentException("a stream's secret has " + SECRET + " octets");
        }
        blocks = key(secret, "firstlight multicast blocks");
        reports = key(secret, "firstlight multicast reports");
        beats = key(secret, "firstlight multicast beats");
    }

    /** Seals a chunk's frame as block {@code number}. */
    public byte[] sealBlock(int number, byte[] frame) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, blocks, 0, number).doFinal(frame);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The frame; empty when the block is not what the server sealed. */
    public Optional<byte[]> openBlock(int number, byte[] sealed, int length) {
        return open(blocks, 0, number, sealed, 0, length);
    }

    /** A beat with its tag. No number has two beats: it is the nonce. */
    public StreamPacket.Beat sealBeat(int stream, long sequence, StreamPacket.Phase phase) {
        return new StreamPacket.Beat(stream, sequence, phase, tag(stream, sequence, phase));
    }

    /** Whether somebody with the secret made it. */
    public boolean isSealed(StreamPacket.Beat beat) {
        return MessageDigest.isEqual(
                tag(beat.stream(), beat.sequence(), beat.phase()).toArray(),
                beat.tag().toArray());
    }

    private Bytes tag(int stream, long sequence, StreamPacket.Phase phase) {
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, beats, stream, sequence);
            cipher.updateAAD(new byte[] {(byte) phase.code()});
            return Bytes.of(cipher.doFinal());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public ReportCodec.Sealed seal(int stream, int member, long number, Report report) {
        try {
            byte[] octets = cipher(Cipher.ENCRYPT_MODE, reports, member, number).doFinal(ReportCodec.encode(report));
            return new ReportCodec.Sealed(stream, member, number, Bytes.of(octets));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * The report; empty when no member made it.
     *
     * @throws firstlight.wire.DecodeException when a member made something that is no report
     */
    public Optional<Report> open(ReportCodec.Sealed sealed) {
        byte[] octets = sealed.octets().toArray();
        return open(reports, sealed.member(), sealed.number(), octets, 0, octets.length)
                .map(ReportCodec::decode);
    }

    private static Optional<byte[]> open(
            SecretKeySpec key, int who, long number, byte[] sealed, int offset, int length) {
        if (length < TAG) {
            return Optional.empty();
        }
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, key, who, number).doFinal(sealed, offset, length));
        } catch (AEADBadTagException forged) {
            return Optional.empty();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A new one each time: the JDK's refuses to seal the same block twice, which is what a second pass does. */
    private static Cipher cipher(int mode, SecretKeySpec key, int who, long number) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] nonce = ByteBuffer.allocate(12).putInt(who).putLong(number).array();
        cipher.init(mode, key, new GCMParameterSpec(TAG * 8, nonce));
        return cipher;
    }

    private static SecretKeySpec key(Bytes secret, String use) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.toArray(), "HmacSHA256"));
            byte[] key = mac.doFinal(use.getBytes(StandardCharsets.US_ASCII));
            return new SecretKeySpec(Arrays.copyOf(key, 16), "AES");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has it
        }
    }
}
