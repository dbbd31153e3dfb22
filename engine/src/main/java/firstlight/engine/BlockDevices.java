package firstlight.engine;

import firstlight.image.Amount;
import firstlight.image.ImageFailure;
import firstlight.image.health.DiskHealth;
import firstlight.model.HeldDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The disks of this PC, as the kernel tells of them. Looked at anew with each call: disks come late, and go. */
public final class BlockDevices {
    /** The unit of the kernel's sizes in /sys, whatever sectors the disk has. */
    private static final int SECTOR = 512;
    /** Not disks, or not ones that an operating system lives on: loops, CD drives, eMMC's boot and general purpose partitions... */
    private static final String NO_DISK =
            "(loop|ram|zram|sr|fd|dm-|md|mtdblock|nbd|drbd|rbd).*|mmcblk\\d+(boot\\d+|gp\\d+|rpmb)";

    private final Path root;

    /** @param root in place of {@code /}, for tests */
    public BlockDevices(Path root) {
        this.root = root;
    }

    /**
     * @param name such as {@code nvme0n1}
     * @param bytes 0 for a drive without a medium
     * @param serial without blanks; empty where the disk tells none
     * @param model empty where it tells none
     * @param internal built in, as far as the kernel can know: neither removable nor on USB or Thunderbolt
     */
    public record Device(String name, long bytes, String serial, String model, boolean internal) {
        public Path node() {
            return Path.of("/dev", name);
        }

        /** For the person who is to find it: {@code /dev/sda (SuperDisk, 500 MiB, serial number S6Z1)}. */
        public String words() {
            return node() + " (" + (model.isEmpty() ? "" : model + ", ") + Amount.mib(bytes)
                    + (serial.isEmpty() ? "" : ", serial number " + serial) + ")";
        }

        Device withoutSerial() {
            return new Device(name, bytes, "", model, internal);
        }

        /** The form of {@link firstlight.model.FactName#DISK}. */
        String fact() {
            return name + " " + bytes + " " + (serial.isEmpty() ? "-" : serial) + (model.isEmpty() ? "" : " " + model);
        }
    }

    Path root() {
        return root;
    }

    /** All with a medium in them, each once, internal ones first, NVMe before SATA before VirtIO before eMMC, then by their slots. */
    public List<Device> all() {
        List<Device> ways = SysFile.names(root.resolve("sys/block")).stream()
                .filter(name -> !name.matches(NO_DISK) && !isHidden(name))
                .map(this::device)
                .filter(device -> device.bytes() > 0)
                .sorted(Comparator.comparing(Device::internal)
                        .reversed()
                        .thenComparing(device -> kind(device.name()))
                        .thenComparing(device ->
                                Attachment.of(root.resolve("sys/block").resolve(device.name())))
                        .thenComparing(device -> device.name().length())
                        .thenComparing(Device::name))
                .toList();
        Set<String> known = new HashSet<>();
        return ways.stream()
                .filter(way -> unit(way).map(known::add).orElse(true))
                .toList();
    }

    /**
     * What a SCSI disk is by whichever way it is reached: one with two ports, at two expanders or adapters, is there twice. By its serial
     * number and length as well: cheap disks have a WWN that is a whole make's. Empty where it does not say, and of SATA disks, which have
     * one port, and of which cheap ones have serial numbers alike too.
     */
    private Optional<String> unit(Device way) {
        Path device = root.resolve("sys/block").resolve(way.name()).resolve("device");
        boolean sata =
                SysFile.text(device.resolve("vendor")).filter("ATA"::equals).isPresent();
        return way.name().startsWith("sd") && !way.serial().isEmpty() && !sata
                ? SysFile.text(device.resolve("wwid"))
                        .filter(text -> text.matches("(naa|eui)\\..+"))
                        .map(text -> text + " " + way.serial() + " " + way.bytes())
                : Optional.empty();
    }

    /** What this PC has, for a person who misses a disk: the disks, and controllers that have no driver here. */
    public String inventory() {
        List<Device> all = all();
        String driverless = StorageControllers.withoutDriver(root);
        return (all.isEmpty() ? "no disk" : words(all)) + (driverless.isEmpty() ? "" : ", and " + driverless);
    }

    /**
     * The disk that an order calls {@code name}: its name, its node or its serial number.
     *
     * @throws ImageFailure where several have this serial number: an NVMe's namespaces, disks in USB cases of one make
     */
    public Optional<Device> find(String name) throws ImageFailure {
        String plain = name.replaceFirst("^/dev/", "");
        Optional<Device> named =
                all().stream().filter(device -> device.name().equals(plain)).findFirst();
        if (named.isPresent() || plain.isEmpty()) {
            return named;
        }
        List<Device> alike =
                all().stream().filter(device -> device.serial().equals(plain)).toList();
        return onlyOne(name, alike);
    }

    private static Optional<Device> onlyOne(String name, List<Device> alike) throws ImageFailure {
        if (alike.size() > 1) {
            throw new ImageFailure(
                    "Which disk is meant by '" + name + "' cannot be told",
                    "several have this serial number: " + words(alike),
                    "Name it by its name, such as " + alike.getFirst().node());
        }
        return alike.stream().findFirst();
    }

    private static String words(List<Device> devices) {
        return String.join(", ", devices.stream().map(Device::words).toList());
    }

    /**
     * For each size one of {@code devices}, which are at least as many: one of just that size where there is one. Sizes that none has get
     * what is left, in order.
     *
     * @param sizes in octets, of the image's disks
     * @return in the order of {@code sizes}
     */
    static List<Device> alike(List<Long> sizes, List<Device> devices) {
        List<Device> left = new ArrayList<>(devices);
        Map<Integer, Device> exact = new HashMap<>();
        for (int i = 0; i < sizes.size(); i++) {
            long size = sizes.get(i);
            int place = i;
            left.stream().filter(each -> each.bytes() == size).findFirst().ifPresent(device -> {
                exact.put(place, device);
                left.remove(device);
            });
        }
        List<Device> alike = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            Device device = exact.get(i);
            alike.add(device != null ? device : left.removeFirst());
        }
        return alike;
    }

    /**
     * The disks that an order means by {@code rule}: {@code internal} (all of them), {@code smallest} or {@code largest}
     * internal one, {@code serial=} or {@code model=} with {@code *} for any characters, or one disk's name.
     *
     * @throws ImageFailure where several have a serial number that is given without {@code *}
     */
    List<Device> matching(String rule) throws ImageFailure {
        List<Device> internal = all().stream().filter(Device::internal).toList();
        Comparator<Device> size = Comparator.comparingLong(Device::bytes);
        if (rule.startsWith("serial=") || rule.startsWith("model=")) {
            boolean bySerial = rule.startsWith("serial=");
            String regex = "\\Q" + rule.substring(rule.indexOf('=') + 1).replace("*", "\\E.*\\Q") + "\\E";
            List<Device> found = all().stream()
                    .filter(device -> (bySerial ? device.serial() : device.model()).matches(regex))
                    .toList();
            return bySerial && !rule.contains("*")
                    ? onlyOne(rule, found).stream().toList()
                    : found;
        }
        return switch (rule) {
            case "internal" -> internal;
            case "smallest" -> internal.stream().min(size).stream().toList();
            case "largest" -> internal.stream().max(size).stream().toList();
            default -> find(rule).stream().toList();
        };
    }

    /**
     * The disk of work that names none, which was begun on that one: wherever it stands now, but no other in its place.
     *
     * @throws ImageFailure where more or fewer have its serial number than then: it may be the one that is gone
     */
    Optional<Device> held(HeldDisk disk) throws ImageFailure {
        List<Device> alike = all().stream()
                .filter(device -> device.serial().equals(disk.serial()))
                .toList();
        if (!alike.isEmpty() && alike.size() != disk.count()) {
            throw new ImageFailure(
                    "Which disk this work was begun on cannot be told",
                    (disk.count() == 1 ? "1 disk" : disk.count() + " disks") + " had its serial number " + disk.serial()
                            + " then, now these have: " + words(alike),
                    "Look at cables and power. If one of these is meant, take the work back and give it anew with the disk's"
                            + " name, such as " + alike.getFirst().node());
        }
        return alike.stream().filter(Device::internal).findFirst();
    }

    /** The disk that an order means when it names none. Empty where a PC has none, or none that the kernel sees. */
    public Optional<Device> firstInternal() {
        return all().stream().filter(Device::internal).findFirst();
    }

    /** What it says of its health now. */
    DiskHealth health(Device device) {
        return new DiskHealths(root).of(List.of(device)).getFirst();
    }

    private Device device(String name) {
        Path folder = root.resolve("sys/block").resolve(name);
        long bytes = SysFile.number(folder.resolve("size")).orElse(0L) * SECTOR;
        boolean removable = SysFile.number(folder.resolve("removable")).orElse(0L) != 0;
        boolean inside = !removable && !onUsb(folder) && !isCard(folder) && !Attachment.isOutside(folder);
        return new Device(name, bytes, serial(folder), model(folder), inside);
    }

    /** A way to an NVMe of several controllers, {@code nvme0c0n1}: the disk itself is {@code nvme0n1}, and this has no node. */
    private boolean isHidden(String name) {
        return SysFile.number(root.resolve("sys/block").resolve(name).resolve("hidden"))
                        .orElse(0L)
                != 0;
    }

    /** A memory card in a built-in reader: no kernel calls it removable, and it may come before the eMMC. */
    private static boolean isCard(Path folder) {
        return SysFile.text(folder.resolve("device/type"))
                .filter(type -> type.startsWith("SD"))
                .isPresent();
    }

    private static int kind(String name) {
        List<String> order = List.of("nvme", "sd", "vd", "xvd", "mmcblk");
        for (int i = 0; i < order.size(); i++) {
            if (name.startsWith(order.get(i))) {
                return i;
            }
        }
        return order.size();
    }

    private static String model(Path folder) {
        return SysFile.text(folder.resolve("device/model"))
                .or(() -> SysFile.text(folder.resolve("device/name")))
                .orElse("")
                .replaceAll("\\s+", " ");
    }

    /** VirtIO tells it here, NVMe and eMMC there, SCSI and SATA in the unit serial number page (80h). */
    private static String serial(Path folder) {
        return SysFile.text(folder.resolve("serial"))
                .or(() -> SysFile.text(folder.resolve("device/serial")))
                .or(() -> page80(folder.resolve("device/vpd_pg80")))
                .orElse("")
                .replaceAll("[\\s\\p{Cntrl}]+", ""); // some fill the field up with NULs
    }

    private static Optional<String> page80(Path file) {
        try {
            byte[] page = Files.readAllBytes(file);
            return page.length <= 4
                    ? Optional.empty()
                    : Optional.of(
                            new String(Arrays.copyOfRange(page, 4, page.length), StandardCharsets.US_ASCII).strip());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    private static boolean onUsb(Path folder) {
        try {
            return folder.toRealPath().toString().matches(".*/usb\\d+/.*");
        } catch (IOException unknown) {
            return false;
        }
    }
}
