package firstlight.wire.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.testkit.CodecLaws;
import firstlight.wire.DecodeException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UdpPacketTest {
    private static final CodecLaws<UdpPacket> LAWS = new CodecLaws<>(
            octets -> UdpPacket.decode(ByteBuffer.wrap(octets)), UdpPacketTest::packet, DecodeException.class);

    private static final UdpPacket DISCOVER = new UdpPacket(
            Ipv4Address.ANY, 68, Ipv4Address.BROADCAST, 67, Bytes.ofHex("0101060012345678" + "00".repeat(33)));

    /** With the header that the kernel writes, but for that one's checksum. */
    private static byte[] packet(UdpPacket udp) {
        byte[] datagram = udp.datagram();
        return ByteBuffer.allocate(20 + datagram.length)
                .put(new byte[] {0x45, 0})
                .putShort((short) (20 + datagram.length))
                .putInt(0)
                .put(new byte[] {64, 17, 0, 0})
                .putInt(udp.source().value())
                .putInt(udp.destination().value())
                .put(datagram)
                .array();
    }

    private static UdpPacket decoded(byte[] octets) {
        return UdpPacket.decode(ByteBuffer.wrap(octets));
    }

    private static void isMalformed(byte[] octets, String kind) {
        assertThatThrownBy(() -> decoded(octets))
                .isInstanceOfSatisfying(
                        DecodeException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    private static byte[] with(int at, int value) {
        byte[] octets = packet(DISCOVER);
        octets[at] = (byte) value;
        return octets;
    }

    @Test
    void packetsOfEvenAndOddLengthsKeepTheLaws() {
        LAWS.hold(DISCOVER);
        for (int length = 0; length < 9; length++) {
            LAWS.hold(new UdpPacket(
                    Ipv4Address.parse("192.168.1.10"),
                    67,
                    Ipv4Address.parse("10.0.0.1"),
                    1067,
                    Bytes.of(new byte[] {1, -1, 3, -4, 5, 6, 7, 8, 9}, 0, length)));
        }
    }

    @Test
    void aDatagramIsWrittenWithTheChecksumOfRfc768() {
        // The checksum was summed up apart from this code, word by word.
        assertThat(Bytes.of(new UdpPacket(
                                        Ipv4Address.parse("127.0.0.1"),
                                        4660,
                                        Ipv4Address.parse("127.0.0.1"),
                                        67,
                                        Bytes.ofHex("68656c6c6f"))
                                .datagram())
                        .toHex())
                .isEqualTo("12340043000dab88" + "68656c6c6f");
    }

    @Test
    void aChecksumOfZeroIsNone() {
        byte[] octets = packet(DISCOVER);
        octets[26] = 0;
        octets[27] = 0;
        assertThat(decoded(octets)).isEqualTo(DISCOVER);
    }

    @Test
    void aChecksumThatWasLeftToANetworkCardIsRight() {
        byte[] octets = packet(DISCOVER);
        int sum = Checksum.folded(Checksum.pseudoHeader(0, -1, octets.length - 20));
        octets[26] = (byte) (sum >> 8);
        octets[27] = (byte) sum;
        assertThat(decoded(octets)).isEqualTo(DISCOVER);
    }

    @Test
    void aSumThatComesToZeroIsWrittenAsItsOtherForm() {
        for (int word = 0; word <= 0xFFFF; word++) {
            byte[] datagram = new UdpPacket(
                            Ipv4Address.ANY, 0, Ipv4Address.ANY, 0, Bytes.of((byte) (word >> 8), (byte) word))
                    .datagram();
            assertThat(datagram[6] | datagram[7]).isNotZero();
        }
    }

    @Test
    void optionsOfTheIpHeaderAndPaddingBehindThePacketAreSkipped() {
        byte[] plain = packet(DISCOVER);
        byte[] octets = new byte[plain.length + 4 + 6];
        System.arraycopy(plain, 0, octets, 0, 20);
        System.arraycopy(plain, 20, octets, 24, plain.length - 20);
        octets[0] = 0x46;
        octets[3] = (byte) (octets[3] + 4);
        assertThat(decoded(octets)).isEqualTo(DISCOVER);
    }

    @Test
    void whatIsMalformedIsToldByKind() {
        isMalformed(new byte[0], "IPv4 packet");
        isMalformed(with(0, 0x65), "IPv4 header");
        isMalformed(with(0, 0x44), "IPv4 header");
        isMalformed(Arrays.copyOf(packet(DISCOVER), 60), "IPv4 length");
        isMalformed(with(6, 0x20), "IPv4 fragment");
        isMalformed(with(7, 1), "IPv4 fragment");
        isMalformed(with(9, 6), "IPv4 protocol");
        isMalformed(with(25, 7), "UDP length");
        isMalformed(with(25, 200), "UDP length");
        isMalformed(with(30, 99), "UDP checksum");
        isMalformed(with(12, 10), "UDP checksum"); // another source
    }
}
