package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.wire.DecodeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the value of one option. Each failure names the option, the octet of the packet and the rule.
 *
 * @param space what {@code code} is a number of, such as {@code "DHCP option "}, or {@code "DHCP option 43."} for its sub-options
 * @param offset where {@code data} stands in the packet
 */
record Octets(String space, int code, Bytes data, int offset) {
    private static final int PAD = 0;
    private static final int END = 255;

    static void check(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    /** @param is what stands there instead, behind {@code rule}: the words are put together for who breaks it */
    static void check(boolean holds, String rule, int is) {
        if (!holds) {
            throw new IllegalArgumentException(rule + is);
        }
    }

    DecodeException broken(int at, String rule) {
        return new DecodeException(space + code, offset + at, rule);
    }

    Octets exactly(int length) {
        if (data.length() != length) {
            throw broken(0, "must have " + length + " octets, has " + data.length());
        }
        return this;
    }

    Octets atLeast(int length) {
        if (data.length() < length) {
            throw broken(0, "must have at least " + length + " octets, has " + data.length());
        }
        return this;
    }

    Octets multipleOf(int length) {
        if (data.isEmpty() || data.length() % length != 0) {
            throw broken(0, "must have a multiple of " + length + " octets, has " + data.length());
        }
        return this;
    }

    int u8(int at) {
        return data.unsigned(at);
    }

    int u16(int at) {
        return data.unsigned(at) << 8 | data.unsigned(at + 1);
    }

    int u16LittleEndian(int at) {
        return data.unsigned(at) | data.unsigned(at + 1) << 8;
    }

    long u32(int at) {
        return (long) u16(at) << 16 | u16(at + 2);
    }

    Ipv4Address address(int at) {
        return Ipv4Address.of(data, at);
    }

    Bytes slice(int at, int length) {
        return data.slice(at, length);
    }

    String text() {
        return text(0, data.length());
    }

    String text(int at, int length) {
        return data.text(at, length);
    }

    String textWithoutNulEnd() {
        int length = data.length();
        while (length > 0 && data.unsigned(length - 1) == 0) {
            length--;
        }
        return text(0, length);
    }

    /** The options in here, among which pad (0) and end (255) may stand: RFC 2132 8.4. */
    List<Octets> encapsulatedOptions() {
        return codesLengthsAndValues(true);
    }

    /** As {@link #encapsulatedOptions}, by codes that this room does not name. */
    List<SubOption> encapsulatedSubOptions() {
        return subOptions(encapsulatedOptions());
    }

    /** The sub-options of a relay in here. 0 and 255 are codes as others are: RFC 3046. */
    List<SubOption> relaySubOptions() {
        return subOptions(codesLengthsAndValues(false));
    }

    private static List<SubOption> subOptions(List<Octets> octets) {
        return octets.stream().map(sub -> new SubOption(sub.code, sub.data)).toList();
    }

    private List<Octets> codesLengthsAndValues(boolean padAndEnd) {
        List<Octets> found = new ArrayList<>();
        for (int at = 0; at < data.length(); ) {
            int code = u8(at);
            if (padAndEnd && code == PAD) {
                at++;
                continue;
            }
            if (padAndEnd && code == END) {
                break;
            }
            if (at + 1 >= data.length()) {
                throw broken(at, "sub-option " + code + " has no length");
            }
            int length = u8(at + 1);
            if (at + 2 + length > data.length()) {
                throw broken(at, "sub-option " + code + " is longer than the option around it");
            }
            found.add(new Octets(space + this.code + ".", code, slice(at + 2, length), offset + at + 2));
            at += 2 + length;
        }
        return found;
    }
}
