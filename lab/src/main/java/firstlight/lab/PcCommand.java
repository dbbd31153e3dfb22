package firstlight.lab;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.ScenarioRun.Wishes;
import firstlight.server.operator.OperatorError;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code firstlight lab pc}: whether a PC of certain parts boots the environment and does work there. */
@Command(
        name = "pc",
        description =
                "Switches on one PC that is made of the parts you name, and gives it an inventory as its work: says how "
                        + "long it took to the environment, and which card and disks were found there; or where it stood, with the "
                        + "last lines of its console.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  ./firstlight lab pc --card e1000 --disk lsi53c895a --memory 768 --cpu qemu64",
            "  ./firstlight lab pc --machine pc,acpi=off --disk ide --clock 1970-01-01",
            "  ./firstlight lab pc --card tulip --medium        (a card that has no boot ROM)",
            "  ./firstlight lab pc --qemu '-device ide-cd,bus=ide.2'        (more parts, in QEMU's words)",
            "'qemu-system-x86_64 -device help' lists cards and controllers, '-cpu help' processors, '-machine help' boards."
        })
final class PcCommand implements Callable<Integer> {
    private static final Pattern CLOCK = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)(T\\d\\d:\\d\\d:\\d\\d)?");

    @Option(
            names = "--card",
            paramLabel = "CARD",
            description =
                    "The network card, by QEMU's name: e1000, rtl8139, pcnet, usb-net, ...; default: virtio-net-pci. "
                            + "One that is not virtio boots a UEFI PC through iPXE in its ROM.")
    private @Nullable String card;

    @Option(names = "--bridge", description = "The card is behind a PCI bridge.")
    private boolean bridge;

    @Option(
            names = "--other-card",
            paramLabel = "CARD",
            description = "A second card, before the one on the LAN. It has a link, and nobody answers there.")
    private @Nullable String otherCard;

    @Option(
            names = "--disk",
            paramLabel = "CONTROLLER",
            description =
                    "What the disk is on, by QEMU's name (lsi53c895a, megasas, mptsas1068, pvscsi, usb-uas, nvme, isa-ide, "
                            + "...), or ide (the board's own), ahci, nvme-4096, sd; default: virtio-blk-pci.")
    private @Nullable String disk;

    @Option(names = "--no-serial", description = "The disk has no serial number.")
    private boolean noSerial;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            defaultValue = "1024",
            description = "Its memory; default: ${DEFAULT-VALUE}.")
    private int memory;

    @Option(
            names = "--cpu",
            paramLabel = "MODEL",
            defaultValue = "max",
            description = "The processor, by QEMU's name (qemu64, Nehalem, ...); default: ${DEFAULT-VALUE}.")
    private String cpu = "max";

    @Option(
            names = "--processors",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many it has; default: ${DEFAULT-VALUE}.")
    private int processors;

    @Option(
            names = "--clock",
            paramLabel = "YYYY-MM-DD",
            description = "What the PC's clock says when it is switched on; default: the right time.")
    private @Nullable String clock;

    @Option(
            names = "--machine",
            paramLabel = "BOARD",
            defaultValue = "q35",
            description = "The board, by QEMU's name, with its options: pc, pc,acpi=off; default: ${DEFAULT-VALUE}.")
    private String machine = "q35";

    @Option(
            names = "--firmware",
            paramLabel = "bios|uefi",
            defaultValue = "bios",
            description = "The PC's firmware; default: ${DEFAULT-VALUE}.")
    private String firmware = "bios";

    @Option(
            names = "--medium",
            description = "It starts from a CD that 'firstlight media' made, as PCs do whose card cannot boot.")
    private boolean medium;

    @Option(names = "--qemu", paramLabel = "WORDS", description = "More words for QEMU; may be given again.")
    private List<String> more = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "240",
            description =
                    "How long the environment may take to come up, and its work likewise; default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--keep", description = "Leave LAN, server and PC running; 'lab down' takes them away.")
    private boolean keep;

    @Override
    public Integer call() {
        Scenario scenario = PcScenario.of(spec(), medium, seconds);
        Wishes wishes = new Wishes(DhcpSoftware.DNSMASQ, keep, Optional.empty(), Optional.empty(), "");
        return LabCommand.orOneLine(() -> {
            Home home = LabCommand.home();
            home.prepare(System.out);
            return new ScenarioRun(home, System.out).run(scenario, wishes).passed() ? 0 : 1;
        });
    }

    private PcSpec spec() {
        Firmware kind = Arrays.stream(Firmware.values())
                .filter(each -> each.text().equals(firmware.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new OperatorError("there is no firmware '" + firmware + "'", "it is bios or uefi"));
        if (clock != null && !CLOCK.matcher(clock).matches()) {
            throw new OperatorError(
                    "'" + clock + "' is no time for --clock", "it is YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS");
        }
        if (bridge && card == null) {
            throw new OperatorError("--bridge needs the card that is behind it", "name it with --card");
        }
        List<String> words = more.stream()
                .flatMap(each -> Arrays.stream(each.strip().split("\\s+", -1)))
                .toList();
        Machine parts = new Machine(
                machine,
                cpu,
                processors,
                memory,
                Optional.ofNullable(clock).map(at -> at.contains("T") ? at : at + "T00:00:00"),
                card == null ? List.of() : Machine.card(card, bridge),
                disk == null ? List.of() : Machine.disk(disk),
                words);
        if (otherCard != null) {
            parts = parts.withOtherCard(otherCard);
        }
        PcSpec pc = PcSpec.of("pc1", 1, kind).with(noSerial ? parts.withoutSerial() : parts);
        return medium ? pc.with(PcSpec.Trait.FROM_CD) : pc;
    }
}
