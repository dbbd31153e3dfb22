package firstlight.wire.ip;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.wire.DecodeException;
import java.nio.ByteBuffer;

/**
 * A UDP datagram with the addresses of the IPv4 packet around it.
 *
 * <pre>
 *   IPv4   version and words of header(1) tos(1) length(2) id(2) flags and offset(2) ttl(1) protocol(1) checksum(2)
 *          source(4) destination(4) options
 *   UDP    source(2) destination(2) length(2) checksum(2) payload
 * </pre>
 */
public record UdpPacket(
        Ipv4Address source, int sourcePort, Ipv4Address destination, int destinationPort, Bytes payload) {
    /** The longest headers before a payload. */
    public static final int MOST_HEADERS = 60 + 8;

    private static final int IP_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int UDP = 17;
    /** More fragments, and the fragment's offset. */
    private static final int FRAGMENT = 0x3FFF;

    /**
     * Reads the whole packet from {@code in}'s position to its limit, and moves neither. What follows the IPv4 packet is padding. The IPv4
     * header's own checksum is not looked at: the kernel has.
     *
     * @throws DecodeException for what is no UDP, for a part of a packet, and where the checksum is wrong
     */
    public static UdpPacket decode(ByteBuffer in) {
        int start = in.position();
        int there = in.remaining();
        if (there < IP_HEADER) {
            throw new DecodeException("IPv4 packet", there, "is shorter than its header of 20 octets");
        }
        int header = (in.get(start) & 15) * 4;
        int total = u16(in, start + 2);
        if ((in.get(start) & 0xF0) != 0x40 || header < IP_HEADER) {
            throw new DecodeException("IPv4 header", 0, "is not of version 4, or too short");
        }
        if (total > there || total < header + UDP_HEADER) {
            throw new DecodeException("IPv4 length", 2, "is " + total + ", and " + there + " octets came");
        }
        if ((u16(in, start + 6) & FRAGMENT) != 0) {
            throw new DecodeException("IPv4 fragment", 6, "the packet is a part of one");
        }
        if ((in.get(start + 9) & 0xFF) != UDP) {
            throw new DecodeException("IPv4 protocol", 9, "is " + (in.get(start + 9) & 0xFF) + ", not UDP");
        }
        int udp = start + header;
        int length = u16(in, udp + 4);
        if (length < UDP_HEADER || length > total - header) {
            throw new DecodeException("UDP length", header + 4, "is " + length + " of " + (total - header));
        }
        int source = in.getInt(start + 12);
        int destination = in.getInt(start + 16);
        verify(in, udp, length, Checksum.pseudoHeader(source, destination, length), header + 6);
        return new UdpPacket(
                new Ipv4Address(source),
                u16(in, udp),
                new Ipv4Address(destination),
                u16(in, udp + 2),
                Bytes.of(in, udp + UDP_HEADER, length - UDP_HEADER));
    }

    /**
     * None (0) is right for IPv4. So is the pseudo header's sum alone: that is what the kernel of a neighbour on this very host (a container,
     * a guest on virtio) leaves to a network card that is not there.
     */
    private static void verify(ByteBuffer in, int udp, int length, long pseudoHeader, int offset) {
        int checksum = u16(in, udp + 6);
        if (checksum != 0
                && checksum != Checksum.folded(pseudoHeader)
                && Checksum.folded(pseudoHeader + Checksum.sum(in, udp, length)) != 0xFFFF) {
            throw new DecodeException("UDP checksum", offset, "is wrong: " + Integer.toHexString(checksum));
        }
    }

    private static int u16(ByteBuffer in, int at) {
        return in.getShort(at) & 0xFFFF;
    }

    /** UDP header and payload, as a raw socket takes them: the IPv4 header before them is the kernel's. */
    public byte[] datagram() {
        int length = UDP_HEADER + payload.length();
        ByteBuffer out = ByteBuffer.allocate(length);
        out.putShort((short) sourcePort);
        out.putShort((short) destinationPort);
        out.putShort((short) length);
        out.putShort((short) 0);
        payload.copyTo(out.array(), UDP_HEADER);
        long sum = Checksum.pseudoHeader(source.value(), destination.value(), length) + Checksum.sum(out, 0, length);
        int checksum = ~Checksum.folded(sum) & 0xFFFF;
        out.putShort(6, (short) (checksum == 0 ? 0xFFFF : checksum)); // 0 would say that there is none
        return out.array();
    }
}
