package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.netboot.dhcp.SpoiltOffers.Overheard;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket.Binding;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpoiltOffersTest {
    private static final String SPOILT = "4305612e656669"; // option 67 = a.efi

    private static final DhcpPacket REQUEST = Packets.packet(Firmware.UEFI_X64, Message.REQUEST, 1);

    private final SpoiltOffers offers = new SpoiltOffers();
    private final Listener listener;

    SpoiltOffersTest() throws SocketFailure {
        this.listener = Listener.bound(Binding.of(Ipv4Address.parse("127.0.0.1"), 0), Door.PROXY);
    }

    @AfterEach
    void close() {
        listener.close();
    }

    /** To the client of {@link Packets}. */
    static Optional<Overheard> overheard(int transactionId, String lease, String fileName) {
        Bytes octets = Bytes.ofHex("02010600" + String.format(Locale.ROOT, "%08x", transactionId) + "00008000 00000000"
                + lease + "00".repeat(8) + "525400123456" + "00".repeat(202) + "63825363 350102 3604c0a80101" + fileName
                + "ff");
        return Overheard.of(octets, DhcpCodec.decode(octets.toArray()));
    }

    static Overheard overheard(int transactionId) {
        return overheard(transactionId, "c0a8014d", SPOILT).orElseThrow();
    }

    private static ProxyDhcp.Reply offer(int transactionId) {
        ProxyDhcp engine = new ProxyDhcp(ProxyDhcpSettings.DEFAULT);
        Request request = (Request) engine.read(
                Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, transactionId), Packets.arrival(Door.DHCP));
        FirstAnswer load = new FirstAnswer.LoadPrebootClient(List.of());
        return (ProxyDhcp.Reply) engine.answer(request, load, Instant.EPOCH).outcome();
    }

    private Optional<SpoiltOffers.Repeat> repeat(int transactionId) {
        ProxyDhcp.Reply ours = offer(transactionId);
        return offers.answered(ours.packet(), SpoiltOffers.Answer.of(ours, listener, 2));
    }

    private Optional<Overheard> answered(int transactionId) {
        return repeat(transactionId).map(SpoiltOffers.Repeat::offer);
    }

    private Optional<Overheard> hear(int transactionId) {
        return offers.hear(overheard(transactionId)).map(SpoiltOffers.Repeat::offer);
    }

    @Test
    void theDhcpServersOfferIsRepeatedBehindOursWhicheverCameFirst() {
        assertThat(hear(1)).isEmpty();
        assertThat(answered(1)).contains(overheard(1));

        assertThat(answered(2)).isEmpty();
        assertThat(hear(2)).contains(overheard(2));
    }

    @Test
    void whatIsRepeatedIsNotRepeatedForBeingHeardAgain() {
        assertThat(answered(1)).isEmpty();
        assertThat(hear(1)).isPresent();
        assertThat(hear(1)).as("ours, or another Firstlight's").isEmpty();
        assertThat(answered(1)).as("behind a second answer of ours").isPresent();
    }

    @Test
    void anotherExchangeIsNobodysBusiness() {
        assertThat(answered(1)).isEmpty();
        assertThat(hear(2)).isEmpty();
    }

    @Test
    void itGoesTheWayOfOurAnswerAndIsTheSameToTheOctet() {
        hear(1);
        SpoiltOffers.Repeat repeat = repeat(1).orElseThrow();
        assertThat(repeat.reply().to()).isEqualTo(offer(1).to());
        assertThat(repeat.reply().from()).isEqualTo(Packets.SERVER);
        assertThat(repeat.reply().port()).isEqualTo(68);
        assertThat(repeat.offer().octets()).isEqualTo(overheard(1).octets());
    }

    private static Request discover(int transactionId, String source) {
        Arrival arrival = new Arrival(Door.DHCP, Ipv4Address.parse(source), 68, Packets.SERVER, "192.168.1.0/24");
        return (Request) new ProxyDhcp(ProxyDhcpSettings.DEFAULT)
                .read(Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, transactionId), arrival);
    }

    @Test
    void whereAClientLostItsLeaseTheDhcpServerIsAskedOnceMoreUnlessItIsHeard() {
        answered(1);
        assertThat(offers.isToBeHeard(discover(1, "0.0.0.0"), 2))
                .as("nobody lost anything")
                .isFalse();
        offers.lost(REQUEST, 2);
        assertThat(offers.isToBeHeard(discover(1, "0.0.0.0"), 2)).isTrue();
        assertThat(offers.isToBeHeard(discover(1, "0.0.0.0"), 3))
                .as("another wire")
                .isFalse();
        hear(1);
        assertThat(offers.isToBeHeard(discover(1, "0.0.0.0"), 2)).as("heard").isFalse();
    }

    /** Each DISCOVER of a UEFI PC on this wire would be sent twice from then on, whose DHCP server does nothing wrong. */
    @Test
    void aLeaseThatWasLostBehindARelayTellsNothingOfThisWire() {
        byte[] octets = DhcpCodec.encode(REQUEST);
        System.arraycopy(Bytes.ofHex("0a140001").toArray(), 0, octets, 24, 4); // giaddr
        DhcpPacket relayed = DhcpCodec.decode(octets);
        answered(1);
        offers.lost(relayed, 2);
        assertThat(offers.isToBeHeard(discover(1, "0.0.0.0"), 2)).isFalse();
        assertThat(new Refusal(relayed, Packets.arrival(Door.DHCP)).text()).doesNotContain("on its wire");
        assertThat(new Refusal(REQUEST, Packets.arrival(Door.DHCP)).text()).endsWith("repeated for PCs on its wire");
    }

    @Test
    void whatWasRepeatedForThatIsNotAnsweredAndNotRepeatedAgain() {
        offers.lost(REQUEST, 2);
        Request repeated = discover(1, "192.168.1.11");
        assertThat(offers.isRepeated(repeated)).as("nobody has answered it yet").isFalse();
        answered(1);
        assertThat(offers.isRepeated(repeated)).as("another Firstlight's").isTrue();
        assertThat(offers.isToBeHeard(repeated, 2)).isFalse();
        assertThat(offers.isRepeated(discover(1, "0.0.0.0")))
                .as("the client's own")
                .isFalse();
    }

    @Test
    void onlyALeaseThatUefiFirmwareSpoilsIsOfInterest() {
        assertThat(overheard(1, "00000000", SPOILT)).as("a proxy's").isEmpty();
        assertThat(overheard(1, "c0a8014d", SPOILT + "00")).as("a pad follows").isEmpty();
        assertThat(overheard(1, "c0a8014d", "4306612e65666900")).as("a NUL").isEmpty();
        assertThat(overheard(1, "c0a8014d", "")).as("no boot file").isEmpty();
    }

    @Test
    void edk2SpoilsAndIpxeDoesNot() {
        assertThat(spoils(Firmware.UEFI_X64)).isTrue();
        assertThat(spoils(Firmware.HTTP_X64)).isTrue();
        assertThat(spoils(Firmware.IPXE_X64)).isFalse();
        assertThat(spoils(Firmware.BIOS)).isFalse();
    }

    private static boolean spoils(Firmware firmware) {
        ProxyDhcp engine = new ProxyDhcp(ProxyDhcpSettings.DEFAULT);
        return ((Request) engine.read(Packets.packet(firmware, Message.DISCOVER, 1), Packets.arrival(Door.DHCP)))
                .treatment()
                .spoils();
    }
}
