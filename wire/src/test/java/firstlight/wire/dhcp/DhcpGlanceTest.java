package firstlight.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.testkit.Golden;
import firstlight.testkit.Seeded;
import firstlight.wire.DecodeException;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import java.util.List;
import org.junit.jupiter.api.Test;

class DhcpGlanceTest {
    /** A request with these options behind the cookie. */
    private static Bytes request(String options) {
        return Bytes.ofHex("01010600 13123456 00048000" + "00".repeat(16) + "525400123456" + "00".repeat(202)
                + "63825363" + options);
    }

    private static Bytes golden(String name) {
        return Bytes.of(Golden.hex("dhcp/" + name + ".hex"));
    }

    private static boolean isOfNoInterest(String options) {
        return DhcpGlance.isOfNoInterest(request(options));
    }

    @Test
    void whoBootsFromTheNetworkIsOfInterest() {
        for (String firmware : List.of("bios-rom-discover", "edk2-boot-item-request", "ipxe-efi-discover")) {
            assertThat(DhcpGlance.isOfNoInterest(golden(firmware))).as(firmware).isFalse();
        }
        assertThat(isOfNoInterest("350101 3c0c552d426f6f742e61726d7638 ff"))
                .as("U-Boot")
                .isFalse();
        assertThat(isOfNoInterest("350101 3c0a48545450436c69656e74 ff"))
                .as("HTTP Boot")
                .isFalse();
    }

    @Test
    void whoWantsALeaseIsNotAndNeitherIsAReply() {
        assertThat(isOfNoInterest("350101 3d0701525400123456 00 ff")).isTrue();
        assertThat(isOfNoInterest("350101 3c0c756468637020312e33352e30 ff"))
                .as("udhcpc")
                .isTrue();
        assertThat(isOfNoInterest("350101 3c084d53465420352e30 ff"))
                .as("Windows")
                .isTrue();
        assertThat(DhcpGlance.isOfNoInterest(golden("menu-offer"))).isTrue();
    }

    @Test
    void whoTakesAnOfferTellsWhichNetworkItIsIn() {
        assertThat(isOfNoInterest("350103 3604c0a80101 3204c0a80177 ff")).isFalse();
        assertThat(isOfNoInterest("350103 3204c0a80177 ff"))
                .as("of what it had once")
                .isTrue();
    }

    @Test
    void inDoubtItIsRead() {
        assertThat(isOfNoInterest("350101 340101 ff")).as("overloaded").isFalse();
        assertThat(isOfNoInterest("350101 3c03505845 3c06436c69656e74 ff"))
                .as("in two pieces")
                .isFalse();
        assertThat(isOfNoInterest("350101")).as("without an end").isFalse();
        assertThat(isOfNoInterest("3501")).as("cut").isFalse();
        assertThat(DhcpGlance.isOfNoInterest(Bytes.of(new byte[100]))).isFalse();
    }

    @Test
    void nothingIsPassedOverThatWouldHaveBeenAnswered() {
        Seeded random = Seeded.fresh();
        byte[][] packets = {
            Golden.hex("dhcp/bios-rom-discover.hex"),
            Golden.hex("dhcp/edk2-boot-item-request.hex"),
            request("350103 3604c0a80101 3204c0a80177 ff").toArray(),
            request("350101 3c0c756468637020312e33352e30 ff").toArray()
        };
        for (int round = 0; round < 20_000; round++) {
            byte[] mutant = packets[round % packets.length];
            for (int change = random.between(1, 4); change > 0; change--) {
                mutant = random.mutated(mutant);
            }
            if (DhcpGlance.isOfNoInterest(Bytes.of(mutant))) {
                assertThat(isRead(mutant))
                        .as("mutant %d of %s: %s", round, random, Bytes.of(mutant))
                        .isFalse();
            }
        }
    }

    private static boolean isRead(byte[] octets) {
        DhcpPacket packet;
        try {
            packet = DhcpCodec.decode(octets);
        } catch (DecodeException e) {
            return false;
        }
        boolean firmware = packet.find(ClassIdentifier.class)
                .filter(sent -> sent.isPxe() || sent.isHttp())
                .isPresent();
        boolean takesAnOffer =
                packet.messageType().filter(type -> type == MessageType.REQUEST).isPresent()
                        && packet.find(ServerIdentifier.class).isPresent();
        return packet.op() == DhcpPacket.BOOTREQUEST && (firmware || takesAnOffer);
    }
}
