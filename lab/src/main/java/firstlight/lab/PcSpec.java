package firstlight.lab;

import firstlight.model.MacAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A virtual PC. Its identity (MAC, UUID, serial) follows from {@code name} and {@code number}, so that two PCs never share one.
 *
 * @param number 1 to 250, unique on its LAN
 * @param machine the rest of its hardware
 * @param device how its disk is attached
 * @param disk the PC's first disk, if it has one
 * @param drives what it has besides
 */
record PcSpec(
        String name,
        int number,
        Firmware firmware,
        Nic nic,
        Machine machine,
        DiskDevice device,
        Optional<Disk> disk,
        List<Drive> drives,
        Set<Trait> traits) {
    enum Firmware {
        BIOS,
        UEFI;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A network card and the boot ROM on it. QEMU brings iPXE's ROMs for all of them; only virtio-net has a driver in OVMF,
     * so that without a ROM the genuine EDK2 PXE client runs.
     */
    enum Nic {
        VIRTIO("virtio-net-pci"),
        E1000("e1000"),
        E1000E("e1000e");

        private final String device;

        Nic(String device) {
            this.device = device;
        }
    }

    /** The controller that a disk hangs on, and its sectors. */
    enum DiskDevice {
        VIRTIO("virtio-blk-pci"),
        AHCI("ide-hd,bus=ide.0"),
        NVME("nvme"),
        /** Sectors of 4096 octets ("4Kn"). */
        VIRTIO_4096("virtio-blk-pci,logical_block_size=4096,physical_block_size=4096"),
        /** Can be pulled out of the running PC, see {@link VirtualPc#pullDisk}. */
        NVME_TO_PULL("nvme,bus=port0,id=disk", "pcie-root-port,id=port0,chassis=1,slot=1"),
        /** Likewise; no internal disk. */
        USB_TO_PULL("usb-storage,bus=usb0.0,id=disk", "qemu-xhci,id=usb0");

        private final String device;

        /** What it hangs on, in QEMU's words; empty when that is there anyhow. */
        private final String port;

        DiskDevice(String device) {
            this(device, "");
        }

        DiskDevice(String device, String port) {
            this.device = device;
            this.port = port;
        }

        /** As {@link Machine#disk()}. */
        private List<String> devices() {
            String last = device + Machine.DISK + Machine.SERIAL;
            return port.isEmpty() ? List.of(last) : List.of(port, last);
        }
    }

    /** Where a PC's firmware differs from what its kind usually does. */
    enum Trait {
        /** UEFI with Microsoft's keys, which starts signed programs only. */
        SECURE_BOOT,
        /** UEFI whose PXE is off: it boots from the network by HTTP. */
        HTTP_BOOT,
        /** UEFI with iPXE on the card, before the firmware's own PXE. */
        IPXE_ON_CARD,
        /** Its SMBIOS names another model than the lab's other PCs. */
        OTHER_MODEL,
        /** Its network card was replaced: another MAC, in a PC that is the same in all else. */
        CHANGED_CARD,
        /** A UEFI PC with an arm64 processor. */
        ARM64,
        /** Its UEFI has 32 bits, its processor 64. */
        IA32,
        /** Two more disks: one with a FAT partition, as a stick for images has it, and a blank one. */
        MORE_DISKS,
        /** One more disk, whose file the scenario makes. */
        SECOND_DISK,
        /** It starts from a CD, and its network card boots nothing. */
        FROM_CD,
        /** Likewise from a USB disk. */
        FROM_USB,
        /** Its disk reads and writes {@value #SLOW_OCTETS} octets a second. */
        SLOW_DISK,
        /** A sector of its disk, which is that of a file of the lab's system, cannot be read. */
        UNREADABLE_SECTOR,
        /** The same sector cannot be written. */
        UNWRITABLE_SECTOR;

        /** QEMU counts what is read and written together. */
        private static final int SLOW_OCTETS = 4 << 20;
    }

    /** Debian's builds of OVMF and AAVMF, and the variables that a new PC of each begins with. */
    record Ovmf(Path folder) {
        Path code(PcSpec pc) {
            if (pc.has(Trait.ARM64)) {
                return folder.resolveSibling("AAVMF").resolve("AAVMF_CODE.fd");
            }
            if (pc.has(Trait.IA32)) {
                return folder.resolve("OVMF32_CODE_4M.secboot.fd"); // Debian has no other; without keys it starts all
            }
            return folder.resolve(pc.has(Trait.SECURE_BOOT) ? "OVMF_CODE_4M.ms.fd" : "OVMF_CODE_4M.fd");
        }

        Path variables(PcSpec pc) {
            if (pc.has(Trait.ARM64)) {
                return folder.resolveSibling("AAVMF").resolve("AAVMF_VARS.fd");
            }
            if (pc.has(Trait.IA32)) {
                return folder.resolve("OVMF32_VARS_4M.fd");
            }
            return folder.resolve(pc.has(Trait.SECURE_BOOT) ? "OVMF_VARS_4M.ms.fd" : "OVMF_VARS_4M.fd");
        }
    }

    /**
     * A disk image.
     *
     * @param format QEMU's name of its format
     * @param badSector one that fails
     */
    record Disk(Path file, String format, Optional<BadSector> badSector) {
        Disk(Path file, String format) {
            this(file, format, Optional.empty());
        }

        /** QEMU's words for where a drive's octets are. */
        private String words() {
            return badSector
                    .map(bad ->
                            "driver=blkdebug,image.driver=" + format + ",image.file.driver=file,image.file.filename="
                                    + word(file) + ",inject-error.0.event=none,inject-error.0.iotype=" + bad.access()
                                    + ",inject-error.0.sector=" + bad.number()
                                    + ",inject-error.0.errno=5,inject-error.0.once=off")
                    .orElse("file=" + word(file) + ",format=" + format);
        }
    }

    /**
     * Every access of a kind to a sector of 512 octets fails with an input/output error.
     *
     * @param access {@code read} or {@code write}
     */
    record BadSector(String access, long number) {}

    /** One of a PC's other drives; {@code devices} are QEMU's words for what it hangs on, itself last. */
    record Drive(Disk file, List<String> devices) {}

    /** As QEMU reads it among others: a comma ends a word, two are one of the path. */
    private static String word(Path path) {
        return path.toString().replace(",", ",,");
    }

    PcSpec {
        drives = List.copyOf(drives);
        if (number < 1 || number > 250) {
            throw new IllegalArgumentException("PC number " + number);
        }
        traits = Set.copyOf(traits);
    }

    static PcSpec of(String name, int number, Firmware firmware) {
        return new PcSpec(
                name,
                number,
                firmware,
                Nic.VIRTIO,
                Machine.USUAL,
                DiskDevice.VIRTIO,
                Optional.empty(),
                List.of(),
                Set.of());
    }

    PcSpec with(Nic other) {
        return new PcSpec(name, number, firmware, other, machine, device, disk, drives, traits);
    }

    PcSpec with(Machine other) {
        return new PcSpec(name, number, firmware, nic, other, device, disk, drives, traits);
    }

    PcSpec with(Disk other) {
        return new PcSpec(name, number, firmware, nic, machine, device, Optional.of(other), drives, traits);
    }

    PcSpec with(DiskDevice other) {
        return new PcSpec(name, number, firmware, nic, machine, other, disk, drives, traits);
    }

    PcSpec with(Trait... others) {
        return new PcSpec(name, number, firmware, nic, machine, device, disk, drives, Set.of(others));
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    PcSpec withDrives(List<Drive> others) {
        return new PcSpec(name, number, firmware, nic, machine, device, disk, others, traits);
    }

    boolean startsFromMedium() {
        return has(Trait.FROM_CD) || has(Trait.FROM_USB);
    }

    /** Whether an iPXE in the card's ROM is the first that speaks on the network. */
    boolean startsWithIpxe() {
        return !startsFromMedium() && isIpxeFirst();
    }

    private boolean isIpxeFirst() {
        return firmware == Firmware.BIOS || nic != Nic.VIRTIO || machine.hasOtherCard() || has(Trait.IPXE_ON_CARD);
    }

    MacAddress mac() {
        return new MacAddress((has(Trait.CHANGED_CARD) ? 0x525400F20000L : 0x525400F10000L) + number);
    }

    String uuid() {
        return String.format(Locale.ROOT, "f1f1f1f1-0000-4000-8000-%012x", number);
    }

    String tap() {
        return "tap" + number;
    }

    /**
     * The QEMU command line, run inside the LAN's namespace.
     *
     * @param folder holds the PC's console and variables
     * @param sockets where QEMU makes its own; their paths have 107 octets at most
     */
    List<String> command(Path folder, Path sockets, Ovmf ovmf) {
        boolean arm64 = has(Trait.ARM64);
        List<String> words =
                new ArrayList<>(List.of(arm64 ? "qemu-system-aarch64" : "qemu-system-x86_64", "-name", name));
        // A /dev/kvm that opens may still interpret its guests a thousand times too slowly: TCG is what works
        // everywhere.
        words.addAll(List.of("-accel", "tcg,thread=multi"));
        words.addAll(machine.words());
        words.addAll(List.of("-nodefaults", "-display", "none"));
        // graphics=off would move SeaBIOS and iPXE to the serial line, and leave nothing to take a picture of
        words.addAll(arm64 ? List.of("-device", "ramfb") : List.of("-vga", "std"));
        words.addAll(List.of("-machine", arm64 ? "virt" : machine.kind() + (isGuarded() ? ",smm=on" : "")));
        // A person can type at it: the lab through the socket "serial", and all that it shows goes to a file.
        words.addAll(List.of(
                "-chardev",
                "socket,id=console,path=" + sockets.resolve("serial") + ",server=on,wait=off,logfile="
                        + word(folder.resolve("console.log"))));
        words.addAll(List.of("-serial", "chardev:console"));
        words.addAll(List.of("-qmp", "unix:" + sockets.resolve("qmp") + ",server=on,wait=off"));
        words.addAll(List.of(
                "-uuid",
                uuid(),
                "-smbios",
                "type=1,manufacturer=Firstlight,product=" + (has(Trait.OTHER_MODEL) ? "Office PC" : "Lab PC")
                        + ",serial=LAB-" + name + ",uuid=" + uuid()));
        // Makers write inches so, and the kernel makes a device's name of it all.
        words.addAll(List.of(
                "-smbios", "type=2,manufacturer=Firstlight,product=Lab board,version=24\" AIO,serial=BOARD-" + name));
        words.addAll(card());
        words.addAll(firstDisk());
        words.addAll(otherDrives());
        words.addAll(
                List.of("-object", "rng-random,id=rng0,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng0"));
        if (firmware == Firmware.UEFI) {
            words.addAll(uefi(folder, ovmf));
        }
        return words;
    }

    /** Whether its UEFI variables are such that only the firmware writes. */
    private boolean isGuarded() {
        return has(Trait.SECURE_BOOT) || has(Trait.IA32);
    }

    private List<String> card() {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("-netdev", "tap,id=n0,ifname=" + tap() + ",script=no,downscript=no"));
        String rom = startsWithIpxe() ? "" : ",romfile=";
        String first = startsFromMedium() ? "" : ",bootindex=0";
        String plug = ",netdev=n0,mac=" + mac() + first + rom;
        for (String device : machine.cardOr(nic.device + Machine.PLUG)) {
            words.addAll(List.of("-device", device.replace(Machine.PLUG, plug)));
        }
        return words;
    }

    private List<String> firstDisk() {
        List<String> words = new ArrayList<>();
        disk.ifPresent(it -> {
            words.addAll(List.of(
                    "-drive",
                    "if=none,id=d0," + it.words() + ",cache=unsafe,discard=unmap,detect-zeroes=unmap"
                            + (has(Trait.SLOW_DISK) ? ",throttling.bps-total=" + Trait.SLOW_OCTETS : "")));
            for (String each : machine.diskOr(device.devices())) {
                words.addAll(List.of("-device", each.replace(Machine.SERIAL, ",serial=DISK-" + name)));
            }
        });
        return words;
    }

    private List<String> otherDrives() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < drives.size(); i++) {
            Drive drive = drives.get(i);
            words.addAll(List.of(
                    "-drive",
                    "if=none,id=m" + i + ",file=" + word(drive.file().file()) + ",format="
                            + drive.file().format() + ",cache=unsafe"));
            for (String device : drive.devices()) {
                words.addAll(List.of("-device", device.replace("{drive}", "m" + i)));
            }
        }
        return words;
    }

    private List<String> uefi(Path folder, Ovmf ovmf) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + word(ovmf.code(this))));
        words.addAll(List.of("-drive", "if=pflash,format=raw,unit=1,file=" + word(folder.resolve("vars.fd"))));
        // IPv6 is tried only when IPv4 was cancelled, and waits in its own way; the lab's LAN has none.
        words.addAll(List.of("-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=n"));
        if (has(Trait.HTTP_BOOT)) {
            words.addAll(List.of("-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=n"));
        }
        if (isGuarded()) {
            words.addAll(List.of("-global", "driver=cfi.pflash01,property=secure,value=on"));
        }
        return words;
    }
}
