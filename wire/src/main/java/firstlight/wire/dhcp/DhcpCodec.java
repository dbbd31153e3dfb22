package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.wire.DecodeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
    private static final int USUAL = 384;
    /** Octets of one option. */
    private static final int MOST = 255;

    private static final int PAD = 0;
    static final int OVERLOAD = 52;
    private static final int CLASS_IDENTIFIER = 60;
    private static final int END = 255;

    private DhcpCodec() {}

    /** As {@link #decode(Bytes)}. */
    public static DhcpPacket decode(byte[] octets) {
        return decode(Bytes.of(octets));
    }

    /**
     * A value that breaks its option's rule becomes {@link DhcpOption.Malformed}: the packet is read without it.
     *
     * @throws DecodeException if the packet's header or the bounds of an option break a rule; the message names option, octet and rule
     */
    public static DhcpPacket decode(Bytes octets) {
        Octets in = new Octets("DHCP header ", 0, octets, 0);
        if (octets.length() < OPTIONS || in.u32(COOKIE_AT) != COOKIE) {
            throw new DecodeException("DHCP packet", Math.min(octets.length(), COOKIE_AT), "has no DHCP cookie");
        }
        if (in.u8(0) != DhcpPacket.BOOTREQUEST && in.u8(0) != DhcpPacket.BOOTREPLY) {
            throw new DecodeException("DHCP field op", 0, "must be 1 or 2, is " + in.u8(0));
        }
        if (in.u8(2) > 16) {
            throw new DecodeException("DHCP field hlen", 2, "must be at most 16, is " + in.u8(2));
        }
        Fragments fragments = new Fragments(octets);
        fragments.collect(OPTIONS, octets.length());
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

    private static String field(Bytes octets, int from, int to) {
        int end = from;
        // One octet less than the field: a text that fills it has no NUL, and could not be written again.
        while (end < to - 1 && octets.unsigned(end) != 0) {
            end++;
        }
        return octets.text(from, end - from);
    }

    public static byte[] encode(DhcpPacket packet) {
        return octets(packet).toArray();
    }

    /** As {@link #encode}. */
    public static Bytes octets(DhcpPacket packet) {
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
            write(option, out);
        }
        out.u8(END).zeros(MINIMUM_BOOTP - out.length());
        return out.toBytes();
    }

    private static void write(DhcpOption option, Sink out) {
        int at = out.length();
        out.u8(option.code()).u8(0);
        DhcpOptionCodec.write(option, out);
        int length = out.length() - at - 2;
        if (length <= MOST) {
            out.set(at + 1, length);
        } else {
            split(option.code(), out.cut(at).slice(2, length), out);
        }
    }

    /** RFC 3396: what is longer than 255 octets goes into several options of the same code, one behind the other. */
    private static void split(int code, Bytes value, Sink out) {
        for (int at = 0; at < value.length(); at += MOST) {
            int length = Math.min(MOST, value.length() - at);
            out.u8(code).u8(length).bytes(value.slice(at, length));
        }
    }

    /** What was found of each option, in the order of first sight; offsets are those of the first octets. */
    private static final class Fragments {
        private final Bytes octets;
        private final List<Octets> found = new ArrayList<>();

        Fragments(Bytes octets) {
            this.octets = octets;
        }

        void collect(int from, int to) {
            for (int at = from; at < to; ) {
                int code = octets.unsigned(at);
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
                int length = octets.unsigned(at + 1);
                if (at + 2 + length > to) {
                    throw new DecodeException(SPACE + code, at, "is longer than the octets that are left");
                }
                add(new Octets(SPACE, code, octets.slice(at + 2, length), at + 2));
                at += 2 + length;
            }
        }

        private void add(Octets next) {
            int place = place(next.code());
            if (place < 0) {
                found.add(next);
            } else {
                Octets first = found.get(place);
                int length = first.data().length();
                byte[] both = Arrays.copyOf(
                        first.data().toArray(), length + next.data().length());
                next.data().copyTo(both, length);
                found.set(place, new Octets(SPACE, first.code(), Bytes.of(both), first.offset()));
            }
        }

        /** A packet has some ten: looked through sooner than a map of them is made. */
        private int place(int code) {
            for (int i = 0; i < found.size(); i++) {
                if (found.get(i).code() == code) {
                    return i;
                }
            }
            return -1;
        }

        int overload() {
            int place = place(OVERLOAD);
            return place < 0 ? 0 : found.remove(place).exactly(1).u8(0); // where options stand must be known
        }

        List<DhcpOption> options() {
            int identifier = place(CLASS_IDENTIFIER);
            String text = identifier < 0 ? "" : found.get(identifier).text();
            boolean pxe = text.startsWith(DhcpOption.ClassIdentifier.PXE_CLIENT)
                    || text.startsWith(DhcpOption.ClassIdentifier.HTTP_CLIENT);
            List<DhcpOption> options = new ArrayList<>(found.size());
            for (Octets value : found) {
                if (value.code() != OVERLOAD) { // one inside an overloaded field means nothing
                    options.add(DhcpOptionCodec.read(value, pxe));
                }
            }
            return options;
        }
    }
}
