package firstlight.wire.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.testkit.CodecLaws;
import firstlight.testkit.Golden;
import firstlight.wire.DecodeException;
import firstlight.wire.tftp.TftpOption.BlockSize;
import firstlight.wire.tftp.TftpOption.Group;
import firstlight.wire.tftp.TftpOption.Multicast;
import firstlight.wire.tftp.TftpOption.MulticastRequest;
import firstlight.wire.tftp.TftpOption.Other;
import firstlight.wire.tftp.TftpOption.Timeout;
import firstlight.wire.tftp.TftpOption.TransferSize;
import firstlight.wire.tftp.TftpOption.WindowSize;
import firstlight.wire.tftp.TftpPacket.Ack;
import firstlight.wire.tftp.TftpPacket.Data;
import firstlight.wire.tftp.TftpPacket.ErrorPacket;
import firstlight.wire.tftp.TftpPacket.OptionAck;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import firstlight.wire.tftp.TftpPacket.WriteRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TftpCodecTest {
    private static final CodecLaws<TftpPacket> LAWS =
            new CodecLaws<>(TftpCodec::decode, TftpCodec::encode, DecodeException.class);

    private static TftpPacket decode(String text) {
        return TftpCodec.decode(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "edk2-probe",
                "oack",
                "edk2-abort",
                "ack",
                "data",
                "multicast-request",
                "multicast-oack",
                "multicast-next-master",
                "mtftp-request"
            })
    void goldenPacketsComeOutAsTheyWentInAndKeepTheLaws(String name) {
        byte[] octets = Golden.hex("tftp/" + name + ".hex");
        LAWS.byteForByte(octets);
        LAWS.hold(TftpCodec.decode(octets));
    }

    @Test
    void everyKindOfPacketKeepsTheLaws() {
        LAWS.hold(new WriteRequest("up\u00ff", "netascii", List.of(new TransferSize(1L << 40), new Timeout(255))));
        LAWS.hold(new Data(65_535, Bytes.EMPTY));
        LAWS.hold(ErrorPacket.of(TftpError.FILE_NOT_FOUND, "no such file"));
        LAWS.hold(new OptionAck(List.of(new WindowSize(65_535), new Other("rollover", "0"))));
        LAWS.hold(new OptionAck(List.of()));
    }

    @Test
    void edk2AsksForSizeBlockSizeAndWindow() {
        assertThat(TftpCodec.decode(Golden.hex("tftp/edk2-probe.hex")))
                .isEqualTo(new ReadRequest(
                        "ipxe/snponly.efi",
                        "octet",
                        List.of(new TransferSize(0), new BlockSize(1468), new WindowSize(4))));
    }

    @Test
    void aMulticastAnswerNamesItsGroupOnceAndItsMasterAlways() {
        assertThat(TftpCodec.decode(Golden.hex("tftp/multicast-request.hex")))
                .isEqualTo(new ReadRequest("boot.img", "octet", List.of(new MulticastRequest())));
        assertThat(TftpCodec.decode(Golden.hex("tftp/multicast-oack.hex")))
                .isEqualTo(new OptionAck(
                        List.of(new Multicast(Optional.of(new Group(Ipv4Address.parse("239.255.1.1"), 1758)), true))));
        assertThat(TftpCodec.decode(Golden.hex("tftp/multicast-next-master.hex")))
                .isEqualTo(new OptionAck(List.of(new Multicast(Optional.empty(), true))));
    }

    @Test
    void theCaseOfAnOptionMeansNothingAndOnlyTheFirstCounts() {
        assertThat(decode("\0\1f\0OCTET\0BlkSize\0" + "512\0blksize\0" + "1024\0"))
                .isEqualTo(new ReadRequest("f", "OCTET", List.of(new BlockSize(512))));
    }

    @ParameterizedTest
    @CsvSource({
        "blksize, 7",
        "blksize, 65465",
        "blksize, 99999999999",
        "blksize, -1",
        "blksize, 0x200",
        "timeout, 0",
        "timeout, 256",
        "windowsize, 0",
        "windowsize, 65536",
        "tsize, 9999999999999999999",
        "multicast, '10.0.0.1,1758'",
        "multicast, '10.0.0,1758,1'"
    })
    void anOptionWithAValueThatItsRfcForbidsIsKeptAsText(String name, String value) {
        assertThat(decode("\0\1f\0octet\0" + name + "\0" + value + "\0"))
                .isEqualTo(new ReadRequest("f", "octet", List.of(new Other(name, value))));
    }

    @Test
    void nulsBehindARequestAreNoOptions() {
        assertThat(decode("\0\1f\0octet\0\0\0\0\0\0")).isEqualTo(new ReadRequest("f", "octet", List.of()));
    }

    @Test
    void anErrorMayLackItsNulAndItsText() {
        assertThat(decode("\0\5\0\0gone")).isEqualTo(new ErrorPacket(0, "gone"));
        assertThat(decode("\0\5\0\0")).isEqualTo(new ErrorPacket(0, ""));
    }

    @Test
    void anAckMayBeFollowedByPadding() {
        assertThat(decode("\0\4\0\7\0\0\0\0")).isEqualTo(new Ack(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "\0\7abc", "\0\0", "\0\1name", "\0\1name\0oct", "\0\1name\0\0", "\0\4\0", "\0\3"})
    void whatIsNoTftpFailsCleanly(String octets) {
        assertThatThrownBy(() -> decode(octets))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("TFTP packet");
    }
}
