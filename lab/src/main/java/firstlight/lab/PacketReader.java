package firstlight.lab;

import firstlight.lab.Packet.End;
import firstlight.model.Bytes;
import firstlight.model.MacAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Frame -> {@link Packet}. A frame that is cut short or makes no sense is {@link Packet.Other}. */
final class PacketReader {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    /** Of DHCP (RFC 2131 section 3), behind the 236 octets of BOOTP's header: 67, 68 and 4011 need not be looked at. */
    private static final int COOKIE = 0x63825363;

    /** Octets of the two addresses with which a frame begins. */
    private static final int ADDRESSES = 12;

    private static final MacAddress NOBODY = new MacAddress(0);

    private PacketReader() {}

    static Packet read(Instant at, ByteBuffer frame) {
        if (frame.limit() < ADDRESSES) {
            return new Packet.Other(at, NOBODY, NOBODY);
        }
        MacAddress to = mac(frame, 0);
        MacAddress from = mac(frame, 6);
        try {
            int type = unsigned16(frame, 12);
            // Ethernet: two addresses, the type. No VLANs are on this LAN.
            ByteBuffer inner = frame.slice(14, frame.limit() - 14);
            return switch (type) {
                case IPV4 -> ipv4(at, from, to, inner);
                case IPV6 -> ipv6(at, from, to, inner);
                default -> new Packet.Other(at, from, to);
            };
        } catch (IndexOutOfBoundsException | IllegalArgumentException cutShort) {
            return new Packet.Other(at, from, to);
        }
    }

    /** RFC 791: header length in words, fragment offset, total length, protocol, addresses. Of fragments the first alone has ports. */
    private static Packet ipv4(Instant at, MacAddress from, MacAddress to, ByteBuffer ip) {
        int header = (ip.get(0) & 0xF) * 4;
        boolean laterFragment = (unsigned16(ip, 6) & 0x1FFF) != 0;
        int total = unsigned16(ip, 2);
        int protocol = ip.get(9) & 0xFF;
        if (laterFragment || (protocol != UDP && protocol != TCP)) {
            return new Packet.Other(at, from, to);
        }
        End source = new End(address(ip, 12), unsigned16(ip, header));
        End target = new End(address(ip, 16), unsigned16(ip, header + 2));
        int start = protocol == UDP ? header + 8 : header + ((ip.get(header + 12) >>> 4) & 0xF) * 4;
        // Ethernet pads short frames, the snap length cuts long ones: the length is IP's, the octets are what is there.
        int length = total - start;
        ByteBuffer payload = ip.slice(start, Math.max(0, Math.min(length, ip.limit() - start)));
        if (protocol == TCP) {
            return tcp(at, from, to, source, target, ip.get(header + 13), payload, length);
        }
        if (payload.limit() > 240 && payload.getInt(236) == COOKIE) {
            return dhcp(at, from, to, source, target, payload);
        }
        return tftp(at, from, to, source, target, payload, length);
    }

    /** ICMPv6 straight behind the 40 octets of the header, as router solicitations (133) and advertisements (134) come (RFC 4861). */
    private static Packet ipv6(Instant at, MacAddress from, MacAddress to, ByteBuffer ip) {
        if ((ip.get(6) & 0xFF) != ICMPV6) {
            return new Packet.Other(at, from, to);
        }
        return switch (ip.get(40) & 0xFF) {
            case 133 -> new Packet.RouterSolicitation(at, from, to);
            case 134 -> new Packet.RouterAdvertisement(at, from, to);
            default -> new Packet.Other(at, from, to);
        };
    }

    /**
     * Options as they are on the wire, code 0 is padding, 255 the end; those in file and sname (52), and long ones in pieces, are
     * not read.
     */
    private static Packet dhcp(Instant at, MacAddress from, MacAddress to, End source, End target, ByteBuffer p) {
        Map<Integer, Bytes> options = new HashMap<>();
        int offset = 240;
        while (offset < p.limit() && (p.get(offset) & 0xFF) != 255) {
            int code = p.get(offset) & 0xFF;
            if (code == 0) {
                offset++;
                continue;
            }
            int length = p.get(offset + 1) & 0xFF;
            byte[] value = new byte[length];
            p.get(offset + 2, value);
            options.putIfAbsent(code, Bytes.of(value));
            offset += 2 + length;
        }
        return new Packet.Dhcp(
                at,
                from,
                to,
                source,
                target,
                mac(p, 28),
                // Where RFC 2131 section 2 has them: chaddr 28, op 0, yiaddr 16, siaddr 20, file 108.
                p.get(0) == 2,
                address(p, 16),
                address(p, 20),
                text(p, 108, 128),
                options);
    }

    private static Packet tftp(
            Instant at, MacAddress from, MacAddress to, End source, End target, ByteBuffer p, int length) {
        int opcode = p.limit() >= 4 ? unsigned16(p, 0) : 0;
        if (opcode == 1 && target.port() == 69) {
            String text = new String(octets(p, 2), StandardCharsets.ISO_8859_1);
            int end = Math.max(0, text.indexOf('\0'));
            String options = text.substring(end).replace('\0', ' ').strip();
            return new Packet.TftpRequest(at, from, to, source, target, text.substring(0, end), options);
        }
        // TFTP chooses ports of its own: what is not below 69 and has its opcodes is taken for it.
        boolean likely = opcode >= Packet.Tftp.DATA && opcode <= 6 && source.port() > 68 && target.port() > 68;
        return likely
                ? new Packet.Tftp(at, from, to, source, target, opcode, unsigned16(p, 2), length - 4)
                : new Packet.Other(at, from, to);
    }

    private static Packet tcp(
            Instant at, MacAddress from, MacAddress to, End source, End target, byte flags, ByteBuffer p, int length) {
        String text = new String(octets(p, 0), StandardCharsets.ISO_8859_1);
        if (text.startsWith("GET ")
                || text.startsWith("HEAD ")
                || text.startsWith("POST ")
                || text.startsWith("HTTP/")) {
            int end = text.indexOf("\r\n");
            String first = end < 0 ? text : text.substring(0, end);
            return new Packet.Http(at, from, to, source, target, first, end < 0 ? "" : text.substring(end + 2));
        }
        return new Packet.Tcp(at, from, to, source, target, (flags & 2) != 0, (flags & 1) != 0, length);
    }

    private static byte[] octets(ByteBuffer p, int offset) {
        byte[] octets = new byte[Math.max(0, p.limit() - offset)];
        p.get(offset, octets);
        return octets;
    }

    private static String text(ByteBuffer p, int offset, int length) {
        byte[] octets = new byte[length];
        p.get(offset, octets);
        int end = 0;
        while (end < length && octets[end] != 0) {
            end++;
        }
        return new String(octets, 0, end, StandardCharsets.ISO_8859_1);
    }

    private static MacAddress mac(ByteBuffer p, int offset) {
        return new MacAddress(((long) unsigned16(p, offset) << 32) | (p.getInt(offset + 2) & 0xFFFFFFFFL));
    }

    private static String address(ByteBuffer p, int offset) {
        return (p.get(offset) & 0xFF) + "." + (p.get(offset + 1) & 0xFF) + "." + (p.get(offset + 2) & 0xFF) + "."
                + (p.get(offset + 3) & 0xFF);
    }

    private static int unsigned16(ByteBuffer p, int offset) {
        return p.getShort(offset) & 0xFFFF;
    }
}
