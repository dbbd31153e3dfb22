package firstlight.wire.multicast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.testkit.CodecLaws;
import firstlight.testkit.Seeded;
import firstlight.wire.DecodeException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamCodecTest {
    private record Datagram(StreamPacket header, Bytes octets) {}

    private static final CodecLaws<Datagram> PACKETS =
            new CodecLaws<>(StreamCodecTest::decode, StreamCodecTest::encode, DecodeException.class);
    private static final CodecLaws<Report> REPORTS =
            new CodecLaws<>(ReportCodec::decode, ReportCodec::encode, DecodeException.class);
    private static final CodecLaws<ReportCodec.Sealed> SEALED =
            new CodecLaws<>(ReportCodec::decodeSealed, ReportCodec::encode, DecodeException.class);

    private static Datagram decode(byte[] packet) {
        ByteBuffer from = ByteBuffer.wrap(packet);
        StreamPacket header = StreamCodec.decode(from);
        return new Datagram(header, Bytes.of(packet, from.position(), from.remaining()));
    }

    private static byte[] encode(Datagram datagram) {
        ByteBuffer into = ByteBuffer.allocate(StreamCodec.MAX_PACKET);
        StreamCodec.encode(datagram.header(), into);
        into.put(datagram.octets().toArray());
        return Bytes.of(into.array(), 0, into.position()).toArray();
    }

    @Test
    void packetsKeepTheLaws() {
        Seeded random = Seeded.fresh();
        PACKETS.hold(new Datagram(
                new StreamPacket.Symbol(0xCAFE_F00D, 1L << 40, 77, 200_000, 3), Bytes.of(random.octets(Block.SYMBOL))));
        PACKETS.hold(new Datagram(new StreamPacket.Symbol(1, 0, 0, 5, 0), Bytes.of(random.octets(5))));
        PACKETS.hold(new Datagram(new StreamPacket.Symbol(1, 0, 0, 5, 254), Bytes.of(random.octets(5))));
        for (StreamPacket.Phase phase : StreamPacket.Phase.values()) {
            PACKETS.hold(new Datagram(
                    new StreamPacket.Beat(9, 8, phase, Bytes.of(random.octets(StreamSeal.TAG))), Bytes.EMPTY));
        }
    }

    @Test
    void reportsKeepTheLaws() {
        REPORTS.hold(new Report(-1, 0, 0, 0, List.of()));
        REPORTS.hold(new Report(
                1L << 50, 12, 34, 1000, List.of(new Report.Want(5, 1, 7), new Report.Want(100, 1_000_000, 0))));
        SEALED.hold(new ReportCodec.Sealed(1, 2, 3, Bytes.of(new byte[40])));
    }

    @Test
    void thePacketFillsAnEthernetFrameAndNotMore() {
        assertThat(StreamCodec.MAX_PACKET + 8 + 20).isEqualTo(1500);
        assertThat(Block.symbols(Block.MAX_LENGTH)).isLessThan(Block.MAX_SYMBOLS - 60);
    }

    @Test
    void onlyWhoHasTheSecretOpensASeal() {
        byte[] secret = Seeded.fresh().octets(StreamSeal.SECRET);
        StreamSeal seal = new StreamSeal(Bytes.of(secret));
        byte[] frame = Seeded.fresh().octets(10_000);
        byte[] sealed = seal.sealBlock(7, frame);
        assertThat(seal.sealBlock(7, frame)).isEqualTo(sealed); // a second pass fits to the first
        assertThat(seal.openBlock(7, sealed, sealed.length)).get().isEqualTo(frame);
        assertThat(seal.openBlock(8, sealed, sealed.length)).isEmpty();
        secret[0] ^= 1;
        assertThat(new StreamSeal(Bytes.of(secret)).openBlock(7, sealed, sealed.length))
                .isEmpty();
        sealed[100] ^= 1;
        assertThat(seal.openBlock(7, sealed, sealed.length)).isEmpty();
        assertThat(seal.openBlock(7, sealed, 3)).isEmpty();
    }

    @Test
    void aBeatIsOfTheStreamThatMadeIt() {
        StreamSeal seal = new StreamSeal(Bytes.of(Seeded.fresh().octets(StreamSeal.SECRET)));
        StreamPacket.Beat beat = seal.sealBeat(1, 2, StreamPacket.Phase.IDLE);
        assertThat(seal.isSealed(beat)).isTrue();
        assertThat(seal.isSealed(new StreamPacket.Beat(2, 2, StreamPacket.Phase.IDLE, beat.tag())))
                .isFalse();
        assertThat(seal.isSealed(new StreamPacket.Beat(1, 3, StreamPacket.Phase.IDLE, beat.tag())))
                .isFalse();
        assertThat(seal.isSealed(new StreamPacket.Beat(1, 2, StreamPacket.Phase.ENDED, beat.tag())))
                .isFalse();
    }

    @Test
    void aReportIsOfTheMemberThatMadeIt() {
        StreamSeal seal = new StreamSeal(Bytes.of(Seeded.fresh().octets(StreamSeal.SECRET)));
        Report report = new Report(5, 6, 7, 8, List.of(new Report.Want(1, 2, 3)));
        ReportCodec.Sealed sealed = seal.seal(1, 2, 3, report);
        assertThat(seal.open(sealed)).contains(report);
        assertThat(seal.open(new ReportCodec.Sealed(1, 3, 3, sealed.octets()))).isEmpty();
        assertThat(seal.open(new ReportCodec.Sealed(1, 2, 4, sealed.octets()))).isEmpty();
    }

    @Test
    void aSecretHasItsLength() {
        assertThatThrownBy(() -> new StreamSeal(Bytes.of(new byte[16]))).hasMessageContaining("32 octets");
    }
}
