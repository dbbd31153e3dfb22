package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.lab.PcSpec.Firmware;
import firstlight.model.MacAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SightTest {
    private static final PcSpec PC = PcSpec.of("pc1", 1, Firmware.BIOS);
    private static final PcSpec OTHER = PcSpec.of("pc2", 2, Firmware.BIOS);
    private static final MacAddress SERVER = MacAddress.parse("02:00:00:00:00:01");
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private static Packet reply(String from, int port, String yiaddr, String file, byte[]... options) {
        byte[] payload = Frames.dhcp(2, PC.mac(), yiaddr, file, options);
        return PacketReader.read(
                NOW, ByteBuffer.wrap(Frames.udp(SERVER, PC.mac(), from, port, "255.255.255.255", 68, payload)));
    }

    @Test
    void anAddressFromTheDhcpServerIsNoProxyOffer() {
        Packet offer = reply(Lan.SEPARATE_DHCP, 67, "10.77.0.100", "", Frames.option(53, 2));
        assertThat(Sight.addressOffer(Lan.SEPARATE_DHCP).is(PC, offer)).isTrue();
        assertThat(Sight.proxyOffer().is(PC, offer)).isFalse();
        assertThat(Sight.addressOfferNamingProxy(Lan.SEPARATE_DHCP).is(PC, offer))
                .isFalse();
    }

    @Test
    void anOfferWithoutAddressAndWithABootFileIsFirstlights() {
        Packet offer = reply(Lan.SERVER, 67, "0.0.0.0", "a.kpxe", Frames.option(53, 2), Frames.option(60, "PXEClient"));
        assertThat(Sight.proxyOffer().is(PC, offer)).isTrue();
        assertThat(Sight.proxyOffer().is(OTHER, offer)).isFalse();
        assertThat(Sight.localBootAnswer().is(PC, offer)).isFalse();
    }

    @Test
    void optionSixtyOnTheDhcpServersOwnOfferNamesTheProxy() {
        Packet offer = reply(Lan.SERVER, 67, "10.77.0.100", "", Frames.option(53, 2), Frames.option(60, "PXEClient"));
        assertThat(Sight.addressOfferNamingProxy(Lan.SERVER).is(PC, offer)).isTrue();
        assertThat(Sight.proxyOffer().is(PC, offer)).isFalse();
    }

    @Test
    void localBootIsAMenuWithoutABootFile() {
        Packet offer = reply(
                Lan.SERVER,
                67,
                "0.0.0.0",
                "",
                Frames.option(53, 2),
                Frames.option(60, "PXEClient"),
                Frames.option(43, "x"));
        assertThat(Sight.localBootAnswer().is(PC, offer)).isTrue();
    }

    @Test
    void aLoginOfAnotherPcIsNotThisOnes() {
        Seen line = new Seen.Line(NOW, "pc2", "room12-pc07 login:");
        assertThat(Sight.console("^room12-pc07 login:").is(PC, line)).isFalse();
        assertThat(Sight.console("^room12-pc07 login:").is(OTHER, line)).isTrue();
    }
}
