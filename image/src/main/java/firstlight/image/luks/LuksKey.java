package firstlight.image.luks;

import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What opens an encrypted volume: the volume's own key, which no passphrase is, and where its encrypted sectors lie. */
public final class LuksKey {
    private final long offset;
    private final int sector;
    private final Xts xts;

    LuksKey(long offset, int sector, byte[] key) {
        this.offset = offset;
        this.sector = sector;
        this.xts = new Xts(key, sector);
    }

    /** Octets before what is encrypted: the header, with the passphrases' slots. */
    public long offset() {
        return offset;
    }

    /** Octets that are enciphered together. */
    public int sector() {
        return sector;
    }

    /** Octets that an encrypted volume of {@code length} holds. */
    public long within(long length) {
        return Math.max(0, length - offset) / sector * sector;
    }

    /** What {@code volume} holds. */
    Source source(Source volume) {
        long size = within(volume.size());
        return new Source() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void read(long at, ByteBuffer into) throws IOException {
                LuksKey.this.read(volume::read, at, into);
            }
        };
    }

    /** Encrypted octets, from somewhere. */
    @FunctionalInterface
    interface Reading {
        void read(long offset, ByteBuffer into) throws IOException;
    }

    /** @param at of what the volume holds; any octet */
    void read(Reading encrypted, long at, ByteBuffer into) throws IOException {
        long first = at / sector;
        byte[] octets = sectors(encrypted, first, Math.ceilDiv(at + into.remaining(), sector));
        into.put(octets, (int) (at - first * sector), into.remaining());
    }

    private byte[] sectors(Reading encrypted, long first, long end) throws IOException {
        byte[] octets = new byte[Math.toIntExact((end - first) * sector)];
        encrypted.read(offset + first * sector, ByteBuffer.wrap(octets));
        xts.decipher(octets, first);
        return octets;
    }

    /**
     * Whole sectors that {@code from} changes, enciphered; what it leaves of them is read.
     *
     * @param at of what the volume holds; any octet
     */
    ByteBuffer changed(Reading encrypted, long at, ByteBuffer from) throws IOException {
        long first = at / sector;
        long end = Math.ceilDiv(at + from.remaining(), sector);
        boolean whole = at % sector == 0 && from.remaining() % sector == 0;
        byte[] octets = whole ? new byte[from.remaining()] : sectors(encrypted, first, end);
        from.get(octets, (int) (at - first * sector), from.remaining());
        xts.encipher(octets, first);
        return ByteBuffer.wrap(octets);
    }

    /** Where the sector lies that has the octet {@code at} of what the volume holds. */
    long place(long at) {
        return offset + at / sector * sector;
    }
}
