package firstlight.engine;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The full facts of this PC, read from the kernel's file systems below {@code root}. What cannot be read is unknown. Asks no disk: all is
 * in the kernel's own files.
 */
public final class Hardware {
    private static final String SECURE_BOOT =
            "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    /** Of PCI's class codes, as {@link #AUDIO} (HD Audio) and {@link #OLD_AUDIO} (AC'97). */
    private static final String DISPLAY = "0x03";

    private static final String AUDIO = "0x0403";
    private static final String OLD_AUDIO = "0x0401";

    private final Path root;

    public Hardware(Path root) {
        this.root = root;
    }

    /**
     * @param mac the NIC that booted: its address comes first; where nobody said (empty), or no card has it (the firmware may show a
     *     dock's, or the PC's at a dock), that of the one that got an address, as the environment's start wrote down. PCI id, subnet and link
     *     are told of that one in any case: the card that booted may be the one without a cable, at a dock
     */
    public Facts facts(String mac) {
        Map<FactName, List<String>> facts = new EnumMap<>(FactName.class);
        List<Nic> booted = nics(mac, "");
        String[] card = text("run/firstlight.card").orElse(mac).split(" ", -1);
        List<Nic> addressed = nics(card[0], card[card.length - 1]);
        List<Nic> nics = !booted.isEmpty() && booted.getFirst().mac().equals(mac) ? booted : addressed;
        facts.put(FactName.MAC, nics.stream().map(Nic::mac).toList());
        dmi(facts, FactName.UUID, "product_uuid");
        dmi(facts, FactName.SERIAL, "product_serial");
        dmi(facts, FactName.ASSET_TAG, "chassis_asset_tag");
        dmi(facts, FactName.BOARD_SERIAL, "board_serial");
        dmi(facts, FactName.MANUFACTURER, "sys_vendor");
        dmi(facts, FactName.MODEL, "product_name");
        facts.put(FactName.FIRMWARE, List.of(Files.isDirectory(root.resolve("sys/firmware/efi")) ? "uefi" : "bios"));
        facts.put(FactName.ARCHITECTURE, architecture().stream().toList());
        addressed.stream().findFirst().ifPresent(nic -> {
            facts.put(FactName.NIC_PCI_ID, nic.pciId().stream().toList());
            facts.put(FactName.SUBNET, subnet(nic.name()).stream().toList());
            facts.put(
                    FactName.LINK,
                    link("sys/class/net/" + nic.name() + "/").stream().toList());
        });
        facts.put(FactName.MEMORY_MIB, List.of(Long.toString(memoryMib())));
        processor(facts);
        facts.put(FactName.DISK, disks());
        facts.put(FactName.GPU, pci(DISPLAY));
        facts.put(
                FactName.SOUND,
                Stream.concat(pci(AUDIO).stream(), pci(OLD_AUDIO).stream()).toList());
        facts.put(FactName.TPM, tpm());
        facts.put(FactName.BATTERY, batteries());
        facts.put(FactName.SECURE_BOOT, secureBoot());
        return new Facts(facts);
    }

    /**
     * In their order. While one more is hidden the first tells no serial number: the server would hold work to it (docs/adr/0029), and the
     * work would stay with it when the hidden one, which comes before it, is there.
     */
    private List<String> disks() {
        List<BlockDevices.Device> disks = new BlockDevices(root).all();
        boolean hidden = !StorageControllers.hidingDisks(root).isEmpty();
        List<String> told = new ArrayList<>();
        for (BlockDevices.Device disk : disks) {
            told.add(hidden && told.isEmpty() ? disk.withoutSerial().fact() : disk.fact());
        }
        return told;
    }

    /** What a UEFI firmware runs, in iPXE's words; a processor of 64 bits can have one of 32. Unknown of a BIOS. */
    private Optional<String> architecture() {
        return text("sys/firmware/efi/fw_platform_size").map(bits -> bits.equals("32") ? "i386" : "x86_64");
    }

    private record Nic(String name, String mac, Optional<String> pciId) {}

    private void dmi(Map<FactName, List<String>> facts, FactName name, String file) {
        facts.put(name, text("sys/class/dmi/id/" + file).stream().toList());
    }

    /** Cards, not bridges and tunnels; the one of that name first, then those of that MAC: a notebook and its dock may share one. */
    private List<Nic> nics(String mac, String first) {
        List<Nic> nics = new ArrayList<>();
        for (String name : names("sys/class/net")) {
            String folder = "sys/class/net/" + name + "/";
            if (Files.exists(root.resolve(folder + "device"))) {
                Nic nic = new Nic(
                        name, text(folder + "address").orElse("").toLowerCase(Locale.ROOT), pciId(folder + "device/"));
                nics.add(nic);
            }
        }
        nics.sort(Comparator.comparing((Nic nic) -> !nic.name().equals(first))
                .thenComparing(nic -> !nic.mac().equals(mac)));
        return nics;
    }

    /** VirtIO and USB devices have no PCI id themselves, but hang on something that has one. */
    private Optional<String> pciId(String folder) {
        Optional<String> vendor = text(folder + "vendor");
        Optional<String> device = text(folder + "device");
        if (vendor.isEmpty() || device.isEmpty() || Files.exists(root.resolve(folder + "status"))) {
            vendor = text(folder + "../vendor");
            device = text(folder + "../device");
        }
        if (vendor.isEmpty() || device.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(vendor.get().replace("0x", "") + ":" + device.get().replace("0x", ""));
    }

    /** Virtual cards, and those without a cable, answer -1 or nothing. */
    private Optional<String> link(String folder) {
        Optional<String> megabits = text(folder + "speed").filter(speed -> speed.matches("[1-9]\\d*"));
        Optional<String> duplex = text(folder + "duplex").filter(word -> word.equals("full") || word.equals("half"));
        return megabits.isPresent() && duplex.isPresent()
                ? Optional.of(megabits.get() + " " + duplex.get())
                : Optional.empty();
    }

    /** The subnet of {@code interface}'s IPv4 address, such as {@code 192.168.1.0/24}. */
    private static Optional<String> subnet(String name) {
        try {
            NetworkInterface nic = NetworkInterface.getByName(name);
            if (nic == null) {
                return Optional.empty();
            }
            for (InterfaceAddress address : nic.getInterfaceAddresses()) {
                byte[] octets = address.getAddress().getAddress();
                int length = address.getNetworkPrefixLength();
                if (octets.length == 4) {
                    for (int bit = length; bit < 32; bit++) {
                        octets[bit / 8] &= (byte) ~(0x80 >> bit % 8);
                    }
                    return Optional.of((octets[0] & 255) + "." + (octets[1] & 255) + "." + (octets[2] & 255) + "."
                            + (octets[3] & 255) + "/" + length);
                }
            }
        } catch (IOException unknown) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** What is installed. The kernel's own count of blocks; its MemTotal lacks what firmware and kernel keep. */
    private long memoryMib() {
        Optional<String> block = text("sys/devices/system/memory/block_size_bytes");
        long blocks = names("sys/devices/system/memory").stream()
                .filter(name -> name.matches("memory\\d+"))
                .count();
        if (block.isPresent() && blocks > 0) {
            return (blocks * Long.parseLong(block.get().replace("0x", ""), 16)) >> 20;
        }
        return lines("proc/meminfo")
                .filter(line -> line.startsWith("MemTotal:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .findFirst()
                .orElse(0L);
    }

    private void processor(Map<FactName, List<String>> facts) {
        facts.put(
                FactName.CPU_MODEL,
                lines("proc/cpuinfo")
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .limit(1)
                        .toList());
        long processors = lines("proc/cpuinfo")
                .filter(line -> line.startsWith("processor"))
                .count();
        facts.put(FactName.CPU_CORES, processors == 0 ? List.of() : List.of(Long.toString(processors)));
    }

    /** {@code vendor:device} of the PCI devices whose class starts with {@code kind}. */
    private List<String> pci(String kind) {
        return names("sys/bus/pci/devices").stream()
                .map(name -> "sys/bus/pci/devices/" + name + "/")
                .filter(folder -> text(folder + "class").orElse("").startsWith(kind))
                .map(folder -> pciId(folder).orElse(""))
                .toList();
    }

    private List<String> tpm() {
        return names("sys/class/tpm").stream()
                .map(name -> text("sys/class/tpm/" + name + "/tpm_version_major")
                                .orElse("")
                                .equals("2")
                        ? "2.0"
                        : "1.2")
                .toList();
    }

    private List<String> batteries() {
        return names("sys/class/power_supply").stream()
                .map(name -> "sys/class/power_supply/" + name + "/")
                .filter(folder -> text(folder + "type").orElse("").equals("Battery"))
                .map(folder -> text(folder + "model_name").orElse("battery"))
                .toList();
    }

    /** An EFI variable: four octets of attributes, then the value. */
    private List<String> secureBoot() {
        try {
            byte[] variable = Files.readAllBytes(root.resolve(SECURE_BOOT));
            return List.of(variable.length == 5 && variable[4] == 1 ? "on" : "off");
        } catch (IOException absent) {
            return List.of("off");
        }
    }

    private Optional<String> text(String path) {
        return SysFile.text(root.resolve(path));
    }

    private List<String> names(String folder) {
        return SysFile.names(root.resolve(folder));
    }

    private Stream<String> lines(String path) {
        return text(path).stream().flatMap(String::lines);
    }
}
