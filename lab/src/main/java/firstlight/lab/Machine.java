package firstlight.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a virtual PC is made of, in QEMU's words, where that is not what the lab's PCs usually have. QEMU itself checks the names.
 *
 * @param kind of its board, with its options: {@code q35}, {@code pc,acpi=off}
 * @param cpu the processor's model
 * @param processors how many it has
 * @param memoryMib its memory
 * @param clock what its clock says at power-on, as {@code 1970-01-01T00:00:00}; empty for the right time
 * @param card its network card and what that hangs on, itself last; empty for the PC's {@link PcSpec.Nic}
 * @param disk its disk likewise; empty for the PC's {@link PcSpec.DiskDevice}
 * @param more words at the end of the command line
 */
record Machine(
        String kind,
        String cpu,
        int processors,
        int memoryMib,
        Optional<String> clock,
        List<String> card,
        List<String> disk,
        List<String> more) {
    static final Machine USUAL = new Machine("q35", "max", 2, 1024, Optional.empty(), List.of(), List.of(), List.of());

    /** Stands for the card's end of the cable, its MAC address and its place in the boot order. */
    static final String PLUG = ",{plug}";

    /** A disk's content and its place in the boot order, behind the network. */
    static final String DISK = ",drive=d0,bootindex=1";

    /** Stands for the disk's serial number. */
    static final String SERIAL = ",{serial}";

    private static final String HANGS_ON = ",id=hba";
    private static final String SCSI_DISK = "scsi-hd,bus=hba.0" + DISK + SERIAL;
    private static final String IDE_DISK = "ide-hd,bus=hba.0" + DISK + SERIAL;
    private static final List<String> SCSI_CONTROLLERS = List.of(
            "lsi53c810",
            "lsi53c895a",
            "am53c974",
            "dc390",
            "megasas",
            "megasas-gen2",
            "mptsas1068",
            "pvscsi",
            "virtio-scsi-pci");

    Machine {
        card = List.copyOf(card);
        disk = List.copyOf(disk);
        more = List.copyOf(more);
    }

    /** QEMU's words for processor, memory, clock and what was asked for besides. */
    List<String> words() {
        List<String> words = new ArrayList<>(List.of("-cpu", cpu, "-smp", Integer.toString(processors)));
        words.addAll(List.of("-m", Integer.toString(memoryMib)));
        clock.ifPresent(at -> words.addAll(List.of("-rtc", "base=" + at)));
        words.addAll(more);
        return words;
    }

    boolean hasOtherCard() {
        return !card.isEmpty();
    }

    List<String> cardOr(String usual) {
        return card.isEmpty() ? List.of(usual) : card;
    }

    List<String> diskOr(List<String> usual) {
        return disk.isEmpty() ? usual : disk;
    }

    /** Plugged into a network of its own, where it has a link and nobody answers. */
    Machine withOtherCard(String name) {
        List<String> cards = new ArrayList<>(List.of(name + ",netdev=other,mac=52:54:00:f1:ff:01,romfile="));
        cards.addAll(cardOr("virtio-net-pci" + PLUG));
        List<String> words = new ArrayList<>(more);
        words.addAll(List.of("-netdev", "hubport,id=other,hubid=7"));
        return new Machine(kind, cpu, processors, memoryMib, clock, cards, disk, words);
    }

    Machine withoutSerial() {
        List<String> bare = diskOr(disk("virtio-blk-pci")).stream()
                .map(each -> each.replace(SERIAL, ""))
                .toList();
        return new Machine(kind, cpu, processors, memoryMib, clock, card, bare, more);
    }

    /** A card by QEMU's name, behind a PCI bridge if so wished. */
    static List<String> card(String name, boolean behindBridge) {
        if (name.startsWith("usb-")) {
            return List.of("qemu-xhci,id=nicbus", name + ",bus=nicbus.0" + PLUG);
        }
        return behindBridge
                ? List.of("pci-bridge,id=bridge,chassis_nr=7", name + ",bus=bridge,addr=1" + PLUG)
                : List.of(name + PLUG);
    }

    /**
     * A disk on the controller of that name: QEMU's, or {@code ide} (the board's own), {@code ahci}, {@code sd} and
     * {@code nvme-4096}, or a disk that needs none of its own.
     */
    static List<String> disk(String controller) {
        if (SCSI_CONTROLLERS.contains(controller)) {
            return List.of(controller + HANGS_ON, SCSI_DISK);
        }
        return switch (controller) {
            case "ide" -> List.of("ide-hd,bus=ide.0" + DISK + SERIAL);
            case "ahci" -> List.of("ich9-ahci" + HANGS_ON, IDE_DISK);
            case "isa-ide" -> List.of("isa-ide" + HANGS_ON, IDE_DISK);
            case "sd" -> List.of("sdhci-pci", "sd-card,drive=d0"); // has neither serial number nor place in the order
            case "nvme-4096" -> List.of("nvme,logical_block_size=4096,physical_block_size=4096" + DISK + SERIAL);
            case "usb-storage" -> List.of("qemu-xhci,id=hba", "usb-storage,bus=hba.0" + DISK + SERIAL);
            case "usb-uas" -> List.of("qemu-xhci,id=usb", "usb-uas,bus=usb.0" + HANGS_ON, SCSI_DISK);
            default -> List.of(controller + DISK + SERIAL);
        };
    }
}
