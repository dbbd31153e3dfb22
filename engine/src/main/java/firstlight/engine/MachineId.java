package firstlight.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Gives a Linux that is another PC's copy a machine-id of its own (machine-id(5)): systemd-networkd makes its DHCP client identifier
 * of it, so that all clones of one are given one address. It comes of the device's identity, and is the same after each restore.
 *
 * <p>A system that has the PC's name already is the PC's own, and keeps its machine-id; so does one that has none yet.
 */
final class MachineId {
    /** The second is D-Bus', where that is no link to the first. */
    private static final List<String> FILES = List.of("etc/machine-id", "var/lib/dbus/machine-id");

    private static final String ID = "[0-9a-f]{32}\\s*";

    private MachineId() {}

    /**
     * Gives it to a system that is to have one.
     *
     * @param root the system's
     * @param own whether it had the PC's name before it was given one
     * @param identity of the device, as its disk's image-safe data have it; "" where it is not known
     * @return what was done, in words; "" when nothing had to be
     */
    static String apply(Path root, boolean own, String identity) throws IOException {
        Optional<String> old = read(root, FILES.getFirst());
        if (identity.isEmpty() || old.isEmpty()) {
            return "";
        }
        String fresh = of(identity);
        if (!old.get().equals(fresh)) {
            if (own) {
                return "";
            }
            for (String file : FILES) {
                if (read(root, file).isPresent()) {
                    ComputerName.write(root.resolve(file), fresh + "\n");
                }
            }
        }
        return ", with a machine-id of its own" + (hasHostKeys(root) ? " and the image's SSH host keys" : "");
    }

    /** Not the identity itself, which tells the server who this is, and all users of the system may read this. */
    private static String of(String identity) {
        return UUID.nameUUIDFromBytes(("machine-id " + identity).getBytes(StandardCharsets.ISO_8859_1))
                .toString()
                .replace("-", "");
    }

    private static Optional<String> read(Path root, String name) throws IOException {
        Path file = root.resolve(name);
        if (!RestoredNetwork.isFolder(root, name.substring(0, name.lastIndexOf('/')))
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1))
                .filter(text -> text.matches(ID))
                .map(String::strip);
    }

    private static boolean hasHostKeys(Path root) {
        return RestoredNetwork.isFolder(root, "etc/ssh")
                && SysFile.names(root.resolve("etc/ssh")).stream().anyMatch(name -> name.matches("ssh_host_.*_key"));
    }
}
