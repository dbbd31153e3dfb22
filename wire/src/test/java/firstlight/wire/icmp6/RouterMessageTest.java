package firstlight.wire.icmp6;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.model.MacAddress;
import firstlight.testkit.CodecLaws;
import firstlight.wire.DecodeException;
import firstlight.wire.icmp6.RouterMessage.Advertisement;
import firstlight.wire.icmp6.RouterMessage.Option;
import firstlight.wire.icmp6.RouterMessage.Solicitation;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterMessageTest {
    private static final CodecLaws<RouterMessage> LAWS = new CodecLaws<>(
            octets -> RouterMessage.decode(Bytes.of(octets)),
            message -> RouterMessage.encode(message).toArray(),
            DecodeException.class);

    @Test
    void solicitationsAndAdvertisementsKeepTheLaws() {
        Option own = new Option(Option.SOURCE_LINK_LAYER_ADDRESS, Bytes.ofHex("525400123456"));
        LAWS.hold(new Solicitation(List.of(own)));
        LAWS.hold(new Advertisement(
                64, 0xC0, 1800, 30_000, 1000, List.of(own, new Option(3, Bytes.ofHex("00".repeat(30))))));
    }

    @Test
    void whatWeSendIsAnAdvertisementThatPromisesNothing() {
        assertThat(RouterMessage.encode(Advertisement.NOTHING_HERE).toHex()).isEqualTo("86" + "00".repeat(15));
    }

    @Test
    void aSolicitationTellsWhoSentIt() {
        Solicitation solicitation =
                (Solicitation) RouterMessage.decode(Bytes.ofHex("85001234 00000000 0101525400123456"));
        assertThat(solicitation.sourceLinkLayerAddress()).contains(MacAddress.parse("52:54:00:12:34:56"));
    }

    @Test
    void anOptionOfLengthZeroIsMalformed() {
        assertThatThrownBy(() -> RouterMessage.decode(Bytes.ofHex("85000000 00000000 0100000000000000")))
                .isInstanceOf(DecodeException.class)
                .hasMessage("ICMPv6 router option at octet 8: has no length, or one beyond the message");
    }
}
