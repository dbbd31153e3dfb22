package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Gathers octets in network order. */
final class Sink {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Sink u8(int value) {
        out.write(value);
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
        out.writeBytes(bytes.toArray());
        return this;
    }

    Sink text(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** {@code text} and NULs behind it up to {@code length} octets, one NUL at least. */
    Sink field(String text, int length) {
        return text(text).zeros(length - text.length());
    }

    Sink zeros(int count) {
        out.writeBytes(new byte[Math.max(0, count)]);
        return this;
    }

    Sink subOptions(List<SubOption> subOptions) {
        for (SubOption sub : subOptions) {
            u8(sub.code()).u8(sub.data().length()).bytes(sub.data());
        }
        return this;
    }

    int length() {
        return out.size();
    }

    byte[] toArray() {
        return out.toByteArray();
    }

    Bytes toBytes() {
        return Bytes.of(out.toByteArray());
    }
}
