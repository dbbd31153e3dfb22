package firstlight.image.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.testkit.CodecLaws;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class NbdCodecTest {
    static final List<NbdOption> OPTIONS = List.of(
            new NbdOption.ExportName("disk1p2"),
            new NbdOption.ExportName("größer"),
            new NbdOption.Abort(),
            new NbdOption.ListExports(),
            new NbdOption.Info("", true, List.of()),
            new NbdOption.Info("disk1", false, List.of(3, 0x8001)),
            new NbdOption.Unknown(8, Bytes.EMPTY));

    @ParameterizedTest
    @FieldSource("OPTIONS")
    void optionsSurviveAndBrokenOnesFailCleanly(NbdOption option) {
        new CodecLaws<NbdOption>(
                        octets -> octets.length < 4
                                ? new NbdOption.Abort()
                                : NbdOption.decode(
                                        ByteBuffer.wrap(octets).getInt(),
                                        Bytes.of(octets, 4, octets.length - 4).toArray()),
                        each -> {
                            byte[] data = NbdOption.encode(each);
                            return ByteBuffer.allocate(4 + data.length)
                                    .putInt(each.code())
                                    .put(data)
                                    .array();
                        },
                        MalformedNbd.class)
                .hold(option);
    }

    @Test
    void requestsSurviveAndBrokenOnesFailCleanly() {
        new CodecLaws<>(NbdRequest::decode, NbdRequest::encode, MalformedNbd.class)
                .hold(new NbdRequest(1, 6, 0x1122_3344_5566_7788L, 1L << 40, 0xFFFF_FFFFL));
    }

    @Test
    void aRequestAndItsReplyLookLikeThisOnTheWire() {
        NbdRequest read = new NbdRequest(0, 0, 7, 4096, 512);
        assertThat(HexFormat.of().formatHex(read.encode()))
                .isEqualTo("25609513" + "0000" + "0000" + "0000000000000007" + "0000000000001000" + "00000200");
        assertThat(HexFormat.of().formatHex(read.reply(NbdError.IO)))
                .isEqualTo("67446698" + "00000005" + "0000000000000007");
    }

    @Test
    void theServerGreetsWithTheFixedNewstyleAndKnowsNoFlagsButThose() {
        assertThat(HexFormat.of().formatHex(NbdHandshake.greeting()))
                .isEqualTo("4e42444d41474943" + "49484156454f5054" + "0003");
        assertThat(NbdHandshake.wantsZeroes(1)).isTrue();
        assertThat(NbdHandshake.wantsZeroes(3)).isFalse();
        assertThatThrownBy(() -> NbdHandshake.wantsZeroes(4)).isInstanceOf(MalformedNbd.class);
    }
}
