package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Gathers octets in network order. */
final class Sink {
    /** Zeros behind {@link #length}. */
    private byte[] octets;

    private int length;

    /** @param usual how many octets there usually are; room for more is made */
    Sink(int usual) {
        octets = new byte[usual];
    }

    Sink u8(int value) {
        room(1);
        octets[length++] = (byte) value;
        return this;
    }

    private void room(int count) {
        if (length + count > octets.length) {
            octets = Arrays.copyOf(octets, Math.max(2 * octets.length, length + count));
        }
    }

    private Sink append(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, octets, length, more.length);
        length += more.length;
        return this;
    }

    Sink u16(int value) {
        return u8(value >> 8).u8(value);
    }

    Sink u16LittleEndian(int value) {
        return u8(value).u8(value >> 8);
    }

    Sink u32(long value) {
        return u16((int) (value >> 16)).u16((int) value);
    }

    Sink address(Ipv4Address address) {
        return u32(address.value());
    }

    Sink bytes(Bytes bytes) {
        room(bytes.length());
        bytes.copyTo(octets, length);
        length += bytes.length();
        return this;
    }

    Sink text(String text) {
        return append(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** {@code text} and NULs behind it up to {@code length} octets, one NUL at least. */
    Sink field(String text, int length) {
        return text(text).zeros(length - text.length());
    }

    Sink zeros(int count) {
        if (count > 0) {
            room(count);
            length += count;
        }
        return this;
    }

    Sink subOptions(List<SubOption> subOptions) {
        for (SubOption sub : subOptions) {
            u8(sub.code()).u8(sub.data().length()).bytes(sub.data());
        }
        return this;
    }

    int length() {
        return length;
    }

    byte[] toArray() {
        return Arrays.copyOf(octets, length);
    }

    Bytes toBytes() {
        return Bytes.of(octets, 0, length);
    }
}
