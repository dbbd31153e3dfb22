package firstlight.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A restored system's list of the disks that its LVM may use (lvmdevices(8); RHEL 9 and its kin make it when they are installed). It names
 * disks by what they were made with, so on another PC LVM does not see its own: volumes that the initramfs has no need of stay
 * away, and the start ends in emergency mode. lvm2 puts that right by itself from 2.03.24 on. Without the list LVM uses all disks.
 */
final class LvmDevices {
    private static final String FOLDER = "etc/lvm/devices";
    private static final String LIST = "system.devices";
    private static final String ASIDE = LIST + ".captured";

    /** Of other types LVM looks for the volume itself: names of devices, files, device mapper's. */
    private static final Pattern ENTRY = Pattern.compile("(?m)^IDTYPE=(sys_wwid|sys_serial|wwid_\\w+) IDNAME=(\\S+)");

    /** Where kernels of 5 and 6 tell what LVM writes down, by kinds of disk. */
    private static final List<String> IDS = List.of("wwid", "serial", "device/wwid", "device/serial");

    private LvmDevices() {}

    /**
     * Sets the list aside when it names a disk that is not in this PC.
     *
     * @param root the system's
     * @param sys the kernel's folder of block devices
     * @return what was done, in words; "" when nothing had to be
     */
    static String apply(Path root, Path sys) throws IOException {
        Path list = root.resolve(FOLDER).resolve(LIST);
        if (!RestoredNetwork.isFolder(root, FOLDER)
                || !Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS)
                || !namesOthers(Files.readString(list, StandardCharsets.ISO_8859_1), ids(sys))) {
            return "";
        }
        Files.move(list, list.resolveSibling(ASIDE), StandardCopyOption.REPLACE_EXISTING);
        return ", LVM's list of other disks set aside (/" + FOLDER + "/" + ASIDE + ")";
    }

    /** @param ids of the disks that are there */
    static boolean namesOthers(String list, Set<String> ids) {
        Matcher entry = ENTRY.matcher(list);
        while (entry.find()) {
            if (!ids.contains(plain(entry.group(2)))) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> ids(Path sys) throws IOException {
        Set<String> ids = new HashSet<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(sys)) {
            for (Path device : devices) {
                for (String file : IDS) {
                    SysFile.text(device.resolve(file)).ifPresent(id -> ids.add(plain(id)));
                }
            }
        }
        return ids;
    }

    /** Blanks, with which disks fill their names, LVM writes as underscores. */
    private static String plain(String id) {
        return id.replaceAll("[\\s_]", "");
    }
}
