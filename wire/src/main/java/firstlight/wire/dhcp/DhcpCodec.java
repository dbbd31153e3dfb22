package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.wire.DecodeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * DHCPv4 packets to octets and back.
 *
 * <pre>
 *   0 op htype hlen hops    4 xid         8 secs flags    12 ciaddr      16 yiaddr     20 siaddr
 *  24 giaddr               28 chaddr 16  44 sname 64     108 file 128   236 63825363  240 options
 * </pre>
 */
public final class DhcpCodec {
    private static final String SPACE = "DHCP option ";
    static final int SNAME = 44;
    static final int FILE = 108;
    static final int COOKIE_AT = 236;
    private static final int OPTIONS = 240;
    private static final long COOKIE = 0x63825363L;
    private static final int MINIMUM_BOOTP = 300; // RFC 1542 2.1; old ROMs drop less
    private static final int USUAL = 512;
    private static final int PAD = 0;
    static final int OVERLOAD = 52;
    private static final int CLASS_IDENTIFIER = 60;
    private static final int END = 255;

    private DhcpCodec() {}

    /**
     * A value that breaks its option's rule becomes {@link DhcpOption.Malformed}: the packet is read without it.
     *
     * @throws DecodeException if the packet's header or the bounds of an option break a rule; the message names option, octet and rule
     */
    public static DhcpPacket decode(byte[] octets) {
        Octets in = new Octets("DHCP header ", 0, Bytes.of(octets), 0);
        if (octets.length < OPTIONS || in.u32(COOKIE_AT) != COOKIE) {
            throw new DecodeException("DHCP packet", Math.min(octets.length, COOKIE_AT), "has no DHCP cookie");
        }
        if (in.u8(0) != DhcpPacket.BOOTREQUEST && in.u8(0) != DhcpPacket.BOOTREPLY) {
            throw new DecodeException("DHCP field op", 0, "must be 1 or 2, is " + in.u8(0));
        }
        if (in.u8(2) > 16) {
            throw new DecodeException("DHCP field hlen", 2, "must be at most 16, is " + in.u8(2));
        }
        Fragments fragments = new Fragments(octets);
        fragments.collect(OPTIONS, octets.length);
        int overload = fragments.overload();
        // RFC 2132 9.3 and RFC 3396 5: the file field is read before the sname field.
        if ((overload & 1) != 0) {
            fragments.collect(FILE, COOKIE_AT);
        }
        if ((overload & 2) != 0) {
            fragments.collect(SNAME, FILE);
        }
        return new DhcpPacket(
                in.u8(0),
                in.u8(1),
                in.u8(2),
                in.u8(3),
                (int) in.u32(4),
                in.u16(8),
                in.u16(10),
                in.address(12),
                in.address(16),
                in.address(20),
                in.address(24),
                in.slice(28, 16),
                (overload & 2) != 0 ? "" : field(octets, SNAME, FILE),
                (overload & 1) != 0 ? "" : field(octets, FILE, COOKIE_AT),
                fragments.options());
    }

    private static String field(byte[] octets, int from, int to) {
        int end = from;
        // One octet less than the field: a text that fills it has no NUL, and could not be written again.
        while (end < to - 1 && octets[end] != 0) {
            end++;
        }
        return new String(octets, from, end - from, StandardCharsets.ISO_8859_1);
    }

    public static byte[] encode(DhcpPacket packet) {
        Sink out = new Sink(USUAL);
        out.u8(packet.op())
                .u8(packet.hardwareType())
                .u8(packet.hardwareLength())
                .u8(packet.hops());
        out.u32(packet.transactionId()).u16(packet.seconds()).u16(packet.flags());
        out.address(packet.clientAddress())
                .address(packet.yourAddress())
                .address(packet.nextServer())
                .address(packet.relay());
        out.bytes(packet.clientHardwareAddress());
        out.field(packet.sname(), FILE - SNAME)
                .field(packet.file(), COOKIE_AT - FILE)
                .u32(COOKIE);
        for (DhcpOption option : packet.options()) {
            split(option.code(), DhcpOptionCodec.write(option), out);
        }
        out.u8(END).zeros(MINIMUM_BOOTP - out.length());
        return out.toArray();
    }

    /** RFC 3396: what is longer than 255 octets goes into several options of the same code, one behind the other. */
    private static void split(int code, Bytes value, Sink out) {
        int at = 0;
        do {
            int length = Math.min(255, value.length() - at);
            out.u8(code).u8(length).bytes(value.slice(at, length));
            at += length;
        } while (at < value.length());
    }

    /** What was found of each option, by code in the order of first sight; offsets are those of the first octets. */
    private static final class Fragments {
        private final byte[] octets;
        private final SequencedMap<Integer, Octets> byCode = new LinkedHashMap<>();

        Fragments(byte[] octets) {
            this.octets = octets;
        }

        void collect(int from, int to) {
            for (int at = from; at < to; ) {
                int code = octets[at] & 0xFF;
                if (code == PAD) {
                    at++;
                    continue;
                }
                // A packet that ends without 255 was seen from old ROMs; nothing is lost by reading it.
                if (code == END) {
                    return;
                }
                if (at + 1 >= to) {
                    throw new DecodeException(SPACE + code, at, "has no length");
                }
                int length = octets[at + 1] & 0xFF;
                if (at + 2 + length > to) {
                    throw new DecodeException(SPACE + code, at, "is longer than the octets that are left");
                }
                add(new Octets(SPACE, code, Bytes.of(octets, at + 2, length), at + 2));
                at += 2 + length;
            }
        }

        private void add(Octets found) {
            byCode.merge(found.code(), found, (first, next) -> {
                int length = first.data().length();
                byte[] both = Arrays.copyOf(
                        first.data().toArray(), length + next.data().length());
                System.arraycopy(
                        next.data().toArray(), 0, both, length, next.data().length());
                return new Octets(SPACE, first.code(), Bytes.of(both), first.offset());
            });
        }

        int overload() {
            Octets overload = byCode.remove(OVERLOAD);
            return overload == null ? 0 : overload.exactly(1).u8(0); // where options stand must be known
        }

        List<DhcpOption> options() {
            Octets identifier = byCode.get(CLASS_IDENTIFIER);
            String text = identifier == null ? "" : identifier.text();
            boolean pxe = text.startsWith(DhcpOption.ClassIdentifier.PXE_CLIENT)
                    || text.startsWith(DhcpOption.ClassIdentifier.HTTP_CLIENT);
            List<DhcpOption> options = new ArrayList<>();
            byCode.remove(OVERLOAD); // one inside an overloaded field means nothing
            byCode.values().forEach(value -> options.add(DhcpOptionCodec.read(value, pxe)));
            return options;
        }
    }
}
