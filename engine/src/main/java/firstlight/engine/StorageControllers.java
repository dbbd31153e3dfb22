package firstlight.engine;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** What disks hang on, as far as it is on PCI: for a person whose PC shows no disk. */
final class StorageControllers {
    /** Base class 01 of PCI's class codes: mass storage, all of its kinds. */
    private static final String CLASS = "0x01";

    private StorageControllers() {}

    /**
     * Those that no driver took, such as {@code 1000:0054 at 0000:00:03.0}: vendor and device as lists of drivers have them, and where it
     * is. Empty where all have one.
     */
    static List<String> withoutDriver(Path root) {
        Path devices = root.resolve("sys/bus/pci/devices");
        return SysFile.names(devices).stream()
                .filter(name -> SysFile.text(devices.resolve(name).resolve("class"))
                        .filter(code -> code.startsWith(CLASS))
                        .isPresent())
                .filter(name -> !Files.exists(devices.resolve(name).resolve("driver"), LinkOption.NOFOLLOW_LINKS))
                .map(name ->
                        id(devices.resolve(name), "vendor") + ":" + id(devices.resolve(name), "device") + " at " + name)
                .toList();
    }

    private static String id(Path device, String which) {
        return SysFile.text(device.resolve(which)).orElse("?").replaceFirst("^0x", "");
    }
}
