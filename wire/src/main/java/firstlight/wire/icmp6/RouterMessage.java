package firstlight.wire.icmp6;

import firstlight.model.Bytes;
import firstlight.model.MacAddress;
import firstlight.wire.DecodeException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A router solicitation or advertisement.
 *
 * <pre>
 *   solicitation   133 0 checksum(2) reserved(4) options
 *   advertisement  134 0 checksum(2) hop-limit(1) flags(1) lifetime(2) reachable(4) retransmit(4) options
 *   option         type(1) length in 8 octets(1) data
 * </pre>
 */
public sealed interface RouterMessage {
    List<Option> options();

    /** @param data without type and length; fills up to a multiple of eight octets with them */
    record Option(int type, Bytes data) {
        public static final int SOURCE_LINK_LAYER_ADDRESS = 1;

        public Option {
            if (type >>> 8 != 0 || data.length() % 8 != 6 || data.length() > 255 * 8 - 2) {
                throw new IllegalArgumentException("an option has an octet of type and fills octets by eight");
            }
        }
    }

    record Solicitation(List<Option> options) implements RouterMessage {
        public Solicitation {
            options = List.copyOf(options);
        }

        /** What the sender says of itself; absent in solicitations from the unspecified address. */
        public Optional<MacAddress> sourceLinkLayerAddress() {
            return options.stream()
                    .filter(option -> option.type() == Option.SOURCE_LINK_LAYER_ADDRESS
                            && option.data().length() == 6)
                    .map(option -> MacAddress.of(option.data()))
                    .findFirst();
        }
    }

    /**
     * @param lifetime seconds as a default router; 0: none
     * @param flags bit 7 managed addresses, bit 6 other configuration by DHCPv6
     */
    record Advertisement(int hopLimit, int flags, int lifetime, long reachable, long retransmit, List<Option> options)
            implements RouterMessage {
        public Advertisement {
            options = List.copyOf(options);
        }

        /** Tells a host that nothing is to be had here: no router, no prefix, no DHCPv6. */
        public static final Advertisement NOTHING_HERE = new Advertisement(0, 0, 0, 0, 0, List.of());
    }

    int SOLICITATION = 133;
    int ADVERTISEMENT = 134;

    /** @throws DecodeException for other types, and where RFC 4861 6.1 wants a message dropped */
    static RouterMessage decode(Bytes in) {
        if (in.length() < 8) {
            throw new DecodeException("ICMPv6 router message", in.length(), "has less than 8 octets");
        }
        return switch (in.unsigned(0)) {
            case SOLICITATION -> new Solicitation(options(in, 8));
            case ADVERTISEMENT -> {
                if (in.length() < 16) {
                    throw new DecodeException("ICMPv6 router advertisement", in.length(), "has less than 16 octets");
                }
                yield new Advertisement(
                        in.unsigned(4),
                        in.unsigned(5),
                        (int) number(in, 6, 2),
                        number(in, 8, 4),
                        number(in, 12, 4),
                        options(in, 16));
            }
            default -> throw new DecodeException("ICMPv6 router message", 0, "has type " + in.unsigned(0));
        };
    }

    private static List<Option> options(Bytes in, int from) {
        List<Option> options = new ArrayList<>();
        for (int at = from; at < in.length(); ) {
            int length = at + 1 < in.length() ? 8 * in.unsigned(at + 1) : 0;
            if (length == 0 || at + length > in.length()) {
                throw new DecodeException("ICMPv6 router option", at, "has no length, or one beyond the message");
            }
            options.add(new Option(in.unsigned(at), in.slice(at + 2, length - 2)));
            at += length;
        }
        return options;
    }

    private static long number(Bytes in, int at, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << 8 | in.unsigned(at + i);
        }
        return value;
    }

    /** With a checksum of zero, for the kernel to fill in. */
    static Bytes encode(RouterMessage message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (message) {
            case Solicitation _ ->
                out.writeBytes(Bytes.ofHex("85000000 00000000").toArray());
            case Advertisement a -> {
                out.writeBytes(Bytes.ofHex("86000000").toArray());
                out.write(a.hopLimit());
                out.write(a.flags());
                write(out, a.lifetime(), 2);
                write(out, a.reachable(), 4);
                write(out, a.retransmit(), 4);
            }
        }
        for (Option option : message.options()) {
            out.write(option.type());
            out.write((option.data().length() + 2) / 8);
            out.writeBytes(option.data().toArray());
        }
        return Bytes.of(out.toByteArray());
    }

    private static void write(ByteArrayOutputStream out, long value, int length) {
        for (int i = length - 1; i >= 0; i--) {
            out.write((int) (value >> (8 * i)));
        }
    }
}
