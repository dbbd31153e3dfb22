package firstlight.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where in the PC a disk is attached. A kernel looks at controllers side by side and numbers disks as they answer (NVMe and SCSI, Linux 5 and 6):
 * of two disks {@code nvme0n1} may be another one after each start, but its slot stays.
 */
final class Attachment {
    private static final Pattern PCI = Pattern.compile("[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-9a-f]");

    /** An NVMe's controllers are numbered as they answer; what follows is the namespace. */
    private static final Pattern CONTROLLER = Pattern.compile("nvme\\d+(c\\d+)?");

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private Attachment() {}

    /**
     * Sorts disks by their slots: PCI addresses first, then ports by their numbers, which rise within one controller. The same for all disks
     * whose place is not known.
     *
     * @param folder the disk's in {@code /sys/block}: a link to its place among the devices
     */
    static String of(Path folder) {
        try {
            String place = place(folder).toString();
            int block = place.lastIndexOf("/block/"); // from there on it is the disk's own name
            return Arrays.stream((block < 0 ? place : place.substring(0, block)).split("/"))
                    .map(Attachment::lasting)
                    .collect(Collectors.joining("/"));
        } catch (IOException unknown) {
            return "";
        }
    }

    /**
     * Whether it hangs on a socket at the PC's outside, as an NVMe in a Thunderbolt case: the kernel (5.14) says so of all PCI devices behind
     * ports that the firmware calls external. Not known of firmware that calls none so.
     */
    static boolean isOutside(Path folder) {
        try {
            for (Path at = place(folder).getParent(); at != null; at = at.getParent()) {
                if (SysFile.text(at.resolve("removable"))
                        .filter("removable"::equals)
                        .isPresent()) {
                    return true;
                }
            }
            return false;
        } catch (IOException unknown) {
            return false;
        }
    }

    private static String lasting(String part) {
        return PCI.matcher(part).matches()
                ? part
                : NUMBER.matcher(CONTROLLER.matcher(part).replaceAll("nvme"))
                        .replaceAll(number ->
                                "0".repeat(Math.max(0, 8 - number.group().length())) + number.group());
    }

    /** A disk that may have several ways to it (nvme_core.multipath) is not below a controller: its controllers are linked beside it. */
    private static Path place(Path folder) throws IOException {
        Path place = folder.toRealPath();
        Path around = place.getParent();
        if (around == null || !around.getFileName().toString().startsWith("nvme-subsys")) {
            return place;
        }
        String name = place.getFileName().toString();
        for (String each : SysFile.names(around)) {
            if (CONTROLLER.matcher(each).matches()) {
                return around.resolve(each).toRealPath().resolve(name);
            }
        }
        return place;
    }
}
