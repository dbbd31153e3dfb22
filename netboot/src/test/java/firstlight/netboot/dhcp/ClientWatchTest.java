package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.RequestedAddress;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientWatchTest {
    private static final Ipv4Address DHCP_SERVER = Ipv4Address.parse("192.168.1.1");
    private static final Ipv4Address ANOTHER = Ipv4Address.parse("192.168.1.2");

    private final PrebootClients clients = new PrebootClients();
    private final ClientWatch watch = new ClientWatch(clients);

    private static Instant second(long second) {
        return Instant.ofEpochSecond(1_000 + second);
    }

    private static DhcpPacket discover(int transactionId) {
        return Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, transactionId);
    }

    private static DhcpPacket request(int transactionId) {
        DhcpPacket packet = Packets.packet(Firmware.UEFI_X64, Message.REQUEST, transactionId);
        List<DhcpOption> options = new ArrayList<>(packet.options());
        options.add(new RequestedAddress(Packets.LEASED));
        options.add(new ServerIdentifier(DHCP_SERVER));
        return packet.with(options);
    }

    private static DhcpPacket reply(int transactionId, String file, DhcpOption... options) {
        return new DhcpPacket(
                DhcpPacket.BOOTREPLY,
                1,
                6,
                0,
                transactionId,
                0,
                0,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                discover(1).clientHardwareAddress(),
                "",
                file,
                List.of(options));
    }

    private static DhcpPacket offer(int transactionId) {
        return reply(
                transactionId,
                "ipxe/x64/snponly.efi",
                new MessageType(MessageType.OFFER),
                new ClassIdentifier(ClassIdentifier.PXE_CLIENT));
    }

    private static DhcpPacket refusal(int transactionId, Ipv4Address by) {
        return reply(
                transactionId,
                "",
                new MessageType(MessageType.NAK),
                new ServerIdentifier(by),
                new DhcpOption.Message("wrong server-ID"));
    }

    private List<String> kinds(DhcpPacket packet, long second) {
        return watch.hear(packet, second(second)).stream()
                .map(ClientWatch.Told::kind)
                .toList();
    }

    /** EDK2 takes no lease while nobody has told it where to boot from: the DHCP server is in order. */
    @Test
    void whoIsLeftUnansweredHereIsNotToldToGetNoAddress() {
        for (long second : List.of(0L, 4L, 12L, 28L)) {
            assertThat(kinds(discover(1), second)).isEmpty();
        }
    }

    @Test
    void whoIsAnsweredHereAndTakesNoAddressIsTold() {
        assertThat(kinds(discover(1), 0)).isEmpty();
        watch.answered(offer(1), second(0));
        assertThat(kinds(discover(1), 4)).isEmpty();
        assertThat(kinds(discover(1), 12)).containsExactly("no-lease");
    }

    @Test
    void aLeaseThatIsRefusedIsToldOnceByWhomAndWhyAndNotAsOneThatWasTaken() {
        List<ClientWatch.Told> told = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            told.addAll(watch.hear(discover(round), second(2L * round)));
            watch.answered(offer(round), second(2L * round));
            told.addAll(watch.hear(request(round), second(2L * round + 1)));
            told.addAll(watch.refused(refusal(round, ANOTHER)));
        }
        assertThat(told)
                .singleElement()
                .satisfies(each -> assertThat(each.kind()).isEqualTo("no-lease"))
                .extracting(ClientWatch.Told::text)
                .asString()
                .startsWith(
                        "asked the DHCP server 192.168.1.1 for the address 192.168.1.77 and was refused it by 192.168.1.2"
                                + " ('wrong server-ID')")
                .contains("two DHCP servers");
        assertThat(watch.due(second(100))).isEmpty();
    }

    @Test
    void aDhcpServerThatRefusesWhatItOfferedIsNamedAlone() {
        watch.hear(discover(1), second(0));
        watch.hear(request(1), second(1));
        assertThat(watch.refused(refusal(1, DHCP_SERVER)))
                .singleElement()
                .extracting(ClientWatch.Told::text)
                .asString()
                .contains("was refused it by 192.168.1.1")
                .doesNotContain("two DHCP servers");
    }

    /** A system asks for the lease that it had elsewhere, and is refused it: that is usual. */
    @Test
    void aRefusalOfWhatNoFirmwareAskedForIsNobodysConcern() {
        watch.hear(discover(1), second(0));
        watch.hear(request(1), second(1));
        assertThat(watch.refused(refusal(7, DHCP_SERVER))).isEmpty();
    }
}
