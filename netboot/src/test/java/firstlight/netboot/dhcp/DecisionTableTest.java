package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FirstAnswer;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.netboot.dhcp.ProxyDhcp.Outcome;
import firstlight.testkit.VirtualClock;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption.BootFileName;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.PxeVendorOptions;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.PxeOption.BootItem;
import firstlight.wire.dhcp.PxeOption.BootMenu;
import firstlight.wire.dhcp.PxeOption.DiscoveryControl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The decision table of proxy DHCP: every firmware, message and port, against every first answer. A cell is what the client is told;
 * {@code -} is silence. The columns are the first answers LocalBoot, Hotkey, LoadPrebootClient and NoAnswer.
 */
class DecisionTableTest {
    private static final String TABLE = """
            firmware        | message          | port | local boot | hotkey                        | load                          | no answer

            BIOS            | DISCOVER         | 67   | local      | menu                          | ipxe/undionly.kpxe            | -
            BIOS            | REQUEST INFORM   | 4011 | local      | menu                          | ipxe/undionly.kpxe            | -
            BIOS            | ITEM             | both | ipxe/undionly.kpxe | ipxe/undionly.kpxe    | ipxe/undionly.kpxe            | -

            BIOS_WITHOUT_93 | DISCOVER         | 67   | local      | menu                          | ipxe/undionly.kpxe            | -
            BIOS_WITHOUT_93 | REQUEST INFORM   | 4011 | local      | menu                          | ipxe/undionly.kpxe            | -
            BIOS_WITHOUT_93 | ITEM             | both | ipxe/undionly.kpxe | ipxe/undionly.kpxe    | ipxe/undionly.kpxe            | -

            UEFI_IA32       | DISCOVER         | 67   | local      | menu                          | grubia32.efi                  | -
            UEFI_IA32       | REQUEST INFORM   | 4011 | local      | menu                          | grubia32.efi                  | -
            UEFI_IA32       | ITEM             | both | grubia32.efi | grubia32.efi                  | grubia32.efi                  | -

            UEFI_X64        | DISCOVER         | 67   | local      | menu                          | ipxe/x64/snponly.efi          | -
            UEFI_X64        | REQUEST INFORM   | 4011 | local      | menu                          | ipxe/x64/snponly.efi          | -
            UEFI_X64        | ITEM             | both | ipxe/x64/snponly.efi | ipxe/x64/snponly.efi | ipxe/x64/snponly.efi        | -

            UEFI_EBC        | DISCOVER         | 67   | local      | menu                          | ipxe/x64/snponly.efi          | -
            UEFI_EBC        | REQUEST INFORM   | 4011 | local      | menu                          | ipxe/x64/snponly.efi          | -
            UEFI_EBC        | ITEM             | both | ipxe/x64/snponly.efi | ipxe/x64/snponly.efi | ipxe/x64/snponly.efi        | -

            UEFI_ARM32      | DISCOVER         | 67   | local      | menu                          | ipxe/arm32/snponly.efi        | -
            UEFI_ARM32      | REQUEST INFORM   | 4011 | local      | menu                          | ipxe/arm32/snponly.efi        | -
            UEFI_ARM32      | ITEM             | both | ipxe/arm32/snponly.efi | ipxe/arm32/snponly.efi | ipxe/arm32/snponly.efi   | -

            UEFI_ARM64      | DISCOVER         | 67   | local      | menu                          | ipxe/arm64/snponly.efi        | -
            UEFI_ARM64      | REQUEST INFORM   | 4011 | local      | menu                          | ipxe/arm64/snponly.efi        | -
            UEFI_ARM64      | ITEM             | both | ipxe/arm64/snponly.efi | ipxe/arm64/snponly.efi | ipxe/arm64/snponly.efi   | -

            UEFI_RISCV64    | DISCOVER         | 67   | local      | menu                          | ipxe/riscv64/snponly.efi      | -
            UEFI_RISCV64    | REQUEST INFORM   | 4011 | local      | menu                          | ipxe/riscv64/snponly.efi      | -
            UEFI_RISCV64    | ITEM             | both | ipxe/riscv64/snponly.efi | ipxe/riscv64/snponly.efi | ipxe/riscv64/snponly.efi | -

            UEFI_LOONG64    | DISCOVER         | 67   | local      | menu                          | ipxe/loong64/snponly.efi      | -
            UEFI_LOONG64    | REQUEST INFORM   | 4011 | local      | menu                          | ipxe/loong64/snponly.efi      | -
            UEFI_LOONG64    | ITEM             | both | ipxe/loong64/snponly.efi | ipxe/loong64/snponly.efi | ipxe/loong64/snponly.efi | -

            HTTP_IA32       | DISCOVER         | 67   | URL/local-disk/none.efi | URL/grubia32.efi | URL/grubia32.efi | -
            HTTP_IA32       | REQUEST INFORM   | 4011 | URL/local-disk/none.efi | URL/grubia32.efi | URL/grubia32.efi | -
            HTTP_IA32       | ITEM             | both | URL/grubia32.efi | URL/grubia32.efi | URL/grubia32.efi | -

            HTTP_X64        | DISCOVER         | 67   | URL/local-disk/none.efi | URL/ipxe/x64/snponly.efi | URL/ipxe/x64/snponly.efi | -
            HTTP_X64        | REQUEST INFORM   | 4011 | URL/local-disk/none.efi | URL/ipxe/x64/snponly.efi | URL/ipxe/x64/snponly.efi | -
            HTTP_X64        | ITEM             | both | URL/ipxe/x64/snponly.efi | URL/ipxe/x64/snponly.efi | URL/ipxe/x64/snponly.efi | -

            HTTP_EBC        | DISCOVER         | 67   | URL/local-disk/none.efi | URL/ipxe/x64/snponly.efi | URL/ipxe/x64/snponly.efi | -
            HTTP_EBC        | REQUEST INFORM   | 4011 | URL/local-disk/none.efi | URL/ipxe/x64/snponly.efi | URL/ipxe/x64/snponly.efi | -
            HTTP_EBC        | ITEM             | both | URL/ipxe/x64/snponly.efi | URL/ipxe/x64/snponly.efi | URL/ipxe/x64/snponly.efi | -

            HTTP_ARM64      | DISCOVER         | 67   | URL/local-disk/none.efi | URL/ipxe/arm64/snponly.efi | URL/ipxe/arm64/snponly.efi | -
            HTTP_ARM64      | REQUEST INFORM   | 4011 | URL/local-disk/none.efi | URL/ipxe/arm64/snponly.efi | URL/ipxe/arm64/snponly.efi | -
            HTTP_ARM64      | ITEM             | both | URL/ipxe/arm64/snponly.efi | URL/ipxe/arm64/snponly.efi | URL/ipxe/arm64/snponly.efi | -

            HTTP_BIOS       | DISCOVER         | 67   | URL/local-disk/none.efi | URL/ipxe/undionly.kpxe | URL/ipxe/undionly.kpxe  | -
            HTTP_BIOS       | REQUEST INFORM   | 4011 | URL/local-disk/none.efi | URL/ipxe/undionly.kpxe | URL/ipxe/undionly.kpxe  | -
            HTTP_BIOS       | ITEM             | both | URL/ipxe/undionly.kpxe | URL/ipxe/undionly.kpxe | URL/ipxe/undionly.kpxe   | -

            IPXE_BIOS       | DISCOVER         | 67   | local      | menu                          | URL/boot.ipxe                 | -
            IPXE_BIOS       | REQUEST INFORM   | 4011 | local      | menu                          | URL/boot.ipxe                 | -
            IPXE_BIOS       | ITEM             | both | URL/boot.ipxe | URL/boot.ipxe              | URL/boot.ipxe                 | -

            IPXE_BIOS_POOR  | DISCOVER         | 67   | local      | menu                          | TFTP/ipxe/ipxe.pxe            | -
            IPXE_BIOS_POOR  | REQUEST INFORM   | 4011 | local      | menu                          | TFTP/ipxe/ipxe.pxe            | -
            IPXE_BIOS_POOR  | ITEM             | both | TFTP/ipxe/ipxe.pxe | TFTP/ipxe/ipxe.pxe   | TFTP/ipxe/ipxe.pxe            | -

            IPXE_BIOS_NO_MENU | DISCOVER         | 67   | local      | menu                          | TFTP/ipxe/ipxe.pxe            | -
            IPXE_BIOS_NO_MENU | REQUEST INFORM   | 4011 | local      | menu                          | TFTP/ipxe/ipxe.pxe            | -
            IPXE_BIOS_NO_MENU | ITEM             | both | TFTP/ipxe/ipxe.pxe | TFTP/ipxe/ipxe.pxe   | TFTP/ipxe/ipxe.pxe            | -

            IPXE_X64        | DISCOVER         | 67   | local      | URL/boot.ipxe              | URL/boot.ipxe                 | -
            IPXE_X64        | REQUEST INFORM   | 4011 | local      | URL/boot.ipxe              | URL/boot.ipxe                 | -
            IPXE_X64        | ITEM             | both | URL/boot.ipxe | URL/boot.ipxe              | URL/boot.ipxe                 | -

            IPXE_X64_POOR   | DISCOVER         | 67   | local      | TFTP/ipxe/x64/snponly.efi | TFTP/ipxe/x64/snponly.efi | -
            IPXE_X64_POOR   | REQUEST INFORM   | 4011 | local      | TFTP/ipxe/x64/snponly.efi | TFTP/ipxe/x64/snponly.efi | -
            IPXE_X64_POOR   | ITEM             | both | TFTP/ipxe/x64/snponly.efi | TFTP/ipxe/x64/snponly.efi | TFTP/ipxe/x64/snponly.efi | -

            IPXE_X64_NO_MENU | DISCOVER         | 67   | local      | TFTP/ipxe/x64/snponly.efi | TFTP/ipxe/x64/snponly.efi | -
            IPXE_X64_NO_MENU | REQUEST INFORM   | 4011 | local      | TFTP/ipxe/x64/snponly.efi | TFTP/ipxe/x64/snponly.efi | -
            IPXE_X64_NO_MENU | ITEM             | both | TFTP/ipxe/x64/snponly.efi | TFTP/ipxe/x64/snponly.efi | TFTP/ipxe/x64/snponly.efi | -

            IPXE_IA32       | DISCOVER         | 67   | local      | TFTP/grubia32.efi             | TFTP/grubia32.efi             | -
            IPXE_IA32       | REQUEST INFORM   | 4011 | local      | TFTP/grubia32.efi             | TFTP/grubia32.efi             | -
            IPXE_IA32       | ITEM             | both | TFTP/grubia32.efi | TFTP/grubia32.efi             | TFTP/grubia32.efi             | -

            RASPBERRY_PI    | DISCOVER         | 67   | -          | raspberry pi                  | raspberry pi                  | -
            RASPBERRY_PI    | REQUEST INFORM   | 4011 | -          | raspberry pi                  | raspberry pi                  | -
            RASPBERRY_PI    | ITEM             | both | raspberry pi | raspberry pi                | raspberry pi                  | -

            POWERPC         | DISCOVER REQUEST INFORM ITEM | both | - | -                        | -                             | -
            NOT_PXE         | DISCOVER REQUEST INFORM ITEM | both | - | -                        | -                             | -
            *               | DISCOVER         | 4011 | -          | -                             | -                             | -
            *               | REQUEST INFORM   | 67   | -          | -                             | -                             | -
            *               | RELEASE          | both | -          | -                             | -                             | -
            """;

    private static final List<FirstAnswer> ANSWERS = List.of(
            new FirstAnswer.LocalBoot(List.of()),
            new FirstAnswer.Hotkey("Press F8 for Firstlight", 3, List.of()),
            new FirstAnswer.LoadPrebootClient(List.of()),
            new FirstAnswer.NoAnswer(List.of("not ours")));

    private record Row(String firmware, List<Message> messages, List<Door> doors, List<String> cells) {
        static Row of(String line) {
            String[] columns = line.strip().split("\\s*\\|\\s*");
            return new Row(
                    columns[0],
                    Arrays.stream(columns[1].split(" ")).map(Message::valueOf).toList(),
                    switch (columns[2]) {
                        case "67" -> List.of(Door.DHCP);
                        case "4011" -> List.of(Door.PROXY);
                        default -> List.of(Door.values());
                    },
                    List.of(columns).subList(3, 7));
        }

        boolean isFor(Firmware firmware, Message message, Door door) {
            return (this.firmware.equals("*") || this.firmware.equals(firmware.name()))
                    && messages.contains(message)
                    && doors.contains(door);
        }
    }

    private static final List<Row> ROWS =
            TABLE.lines().skip(1).filter(line -> !line.isBlank()).map(Row::of).toList();

    static Stream<Arguments> everything() {
        List<Arguments> all = new ArrayList<>();
        for (Firmware firmware : Firmware.values()) {
            for (Message message : Message.values()) {
                for (Door door : Door.values()) {
                    for (FirstAnswer answer : ANSWERS) {
                        all.add(Arguments.of(firmware, message, door, answer));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} on {2}, {3}")
    @MethodSource("everything")
    void theTableSaysWhatIsAnswered(Firmware firmware, Message message, Door door, FirstAnswer answer) {
        Row row = ROWS.stream()
                .filter(each -> each.isFor(firmware, message, door))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the table has no row"));
        assertThat(told(outcome(firmware, message, door, answer)))
                .isEqualTo(row.cells().get(ANSWERS.indexOf(answer)));
    }

    @Test
    void noRowOfTheTableIsHiddenByAnother() {
        for (Row row : ROWS) {
            assertThat(everything()
                            .map(Arguments::get)
                            .filter(each -> row.isFor((Firmware) each[0], (Message) each[1], (Door) each[2]))
                            .anyMatch(each -> ROWS.stream()
                                    .filter(any -> any.isFor((Firmware) each[0], (Message) each[1], (Door) each[2]))
                                    .findFirst()
                                    .orElseThrow()
                                    .equals(row)))
                    .as("%s", row)
                    .isTrue();
        }
    }

    private static Outcome outcome(Firmware firmware, Message message, Door door, FirstAnswer answer) {
        ProxyDhcp engine = new ProxyDhcp(ProxyDhcpSettings.DEFAULT);
        return switch (engine.read(Packets.packet(firmware, message, 7), Packets.arrival(door))) {
            case Silence silence -> silence;
            case Refusal refusal -> refusal.reply();
            case Request request ->
                engine.answer(request, answer, new VirtualClock().instant()).outcome();
        };
    }

    /** What the client will understand. Checks on the way what every reply owes to every client. */
    private static String told(Outcome outcome) {
        if (!(outcome instanceof ProxyDhcp.Reply reply)) {
            return "-";
        }
        DhcpPacket packet = DhcpCodec.decode(DhcpCodec.encode(reply.packet()));
        assertThat(packet).isEqualTo(reply.packet());
        assertThat(packet.op()).isEqualTo(DhcpPacket.BOOTREPLY);
        assertThat(packet.yourAddress().isAny()).isTrue();
        assertThat(packet.nextServer()).isEqualTo(Packets.SERVER);
        assertThat(packet.find(ServerIdentifier.class)).contains(new ServerIdentifier(Packets.SERVER));
        assertThat(packet.transactionId()).isEqualTo(7);
        boolean http = packet.find(ClassIdentifier.class).orElseThrow().isHttp();
        String file = packet.find(BootFileName.class).map(BootFileName::name).orElse("");
        assertThat(packet.file()).isEqualTo(file);
        var vendor = packet.find(PxeVendorOptions.class);
        if (http) {
            assertThat(vendor).isEmpty();
            return shortened(file);
        }
        PxeVendorOptions pxe = vendor.orElseThrow();
        int control = pxe.find(DiscoveryControl.class).orElseThrow().bits();
        if (pxe.find(BootMenu.class).isEmpty()) {
            assertThat(control).isEqualTo(DiscoveryControl.BOOT_FILE_AT_ONCE);
            boolean ack = packet.messageType().orElseThrow() == MessageType.ACK;
            assertThat(pxe.find(BootItem.class).isEmpty() || ack).isTrue();
            return shortened(file);
        }
        List<BootMenu.Item> items = pxe.find(BootMenu.class).orElseThrow().items();
        if (items.getFirst().text().equals("Raspberry Pi Boot")) {
            return "raspberry pi";
        }
        assertThat(control).isEqualTo(3);
        assertThat(items.getFirst().type()).isEqualTo(BootMenu.LOCAL_BOOT);
        assertThat(file).isEmpty();
        return items.size() == 1 ? "local" : "menu";
    }

    private static String shortened(String file) {
        return file.replace("http://192.168.1.10:8080/", "URL/").replace("tftp://192.168.1.10/", "TFTP/");
    }
}
