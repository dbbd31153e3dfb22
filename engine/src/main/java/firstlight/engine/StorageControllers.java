package firstlight.engine;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What disks hang on, as far as it is on PCI: for a person whose PC shows no disk. */
final class StorageControllers {
    /** Of PCI's class codes: base class 01, mass storage of all kinds, and 0805, SD and eMMC. */
    private static final String CLASSES = "0x(01|0805).*";

    private StorageControllers() {}

    /**
     * Those that no driver took, such as {@code no driver for the storage controller 1000:0054 at 0000:00:03.0}: vendor and device as
     * lists of drivers have them, and where it is. Where a driver is here and would not, which one and why, as the environment's start
     * wrote down. Empty where all have one.
     */
    static String withoutDriver(Path root) {
        Path devices = root.resolve("sys/bus/pci/devices");
        List<String> nobodys = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (String place : SysFile.names(devices)) {
            Path device = devices.resolve(place);
            boolean storage = SysFile.text(device.resolve("class"))
                    .filter(code -> code.matches(CLASSES))
                    .isPresent();
            if (!storage || Files.exists(device.resolve("driver"), LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            String name = id(device, "vendor") + ":" + id(device, "device") + " at " + place;
            Optional<String> why =
                    SysFile.text(root.resolve("run/firstlight.refused").resolve(place));
            if (why.isPresent()) {
                refused.add("the storage controller " + name + " was not taken by its driver " + why.get());
            } else {
                nobodys.add(name);
            }
        }
        if (!nobodys.isEmpty()) {
            refused.addFirst("no driver for the storage controller " + String.join(" and ", nobodys)
                    + " (PCI; an updates folder can add one)");
        }
        return String.join(", and ", refused);
    }

    /**
     * Those that show a disk to the firmware and hide it from drivers of NVMe: Intel's RST in RAID mode, of which the kernel's ahci (4.20) counts
     * what it would show in AHCI mode. Empty where there is none.
     */
    static String hidingDisks(Path root) {
        Path devices = root.resolve("sys/bus/pci/devices");
        List<String> hiding = SysFile.names(devices).stream()
                .filter(place -> SysFile.number(devices.resolve(place).resolve("remapped_nvme"))
                                .orElse(0L)
                        > 0)
                .toList();
        return hiding.isEmpty()
                ? ""
                : "an NVMe disk is hidden behind the storage controller at " + String.join(" and ", hiding)
                        + ", which is in RAID mode";
    }

    private static String id(Path device, String which) {
        return SysFile.text(device.resolve(which)).orElse("?").replaceFirst("^0x", "");
    }
}
