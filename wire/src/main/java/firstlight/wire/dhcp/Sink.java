package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
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

    /** ISO 8859-1, an octet for each character: written where it belongs, since a packet has half a dozen texts. */
    Sink text(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            octets[length++] = (byte) (character <= 0xFF ? character : '?');
        }
        return this;
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

    /** Writes an octet that was left open, such as the length of what came behind it. */
    void set(int at, int value) {
        octets[at] = (byte) value;
    }

    /** Takes back all from {@code at} on. */
    Bytes cut(int at) {
        Bytes rest = Bytes.of(octets, at, length - at);
        Arrays.fill(octets, at, length, (byte) 0);
        length = at;
        return rest;
    }

    Bytes toBytes() {
        return Bytes.of(octets, 0, length);
    }
}
