package firstlight.server.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** What a capture does with what it cannot, or should not, take. */
final class CaptureWords {
    @Option(
            names = "--if-locked",
            paramLabel = "raw|skip|stop",
            defaultValue = "raw",
            description =
                    "What becomes of a partition that cannot be looked into (BitLocker, LUKS, a hibernated or dirty"
                            + " Windows, part of an array): all of it, nothing of it, or no image. Default: raw.")
    private String ifLocked = "raw";

    @Option(
            names = "--if-unreadable",
            paramLabel = "stop|zero",
            defaultValue = "stop",
            description =
                    "What becomes of sectors that a failing disk cannot read: no image, or zeros in their place, which the"
                            + " image names for ever. Default: stop.")
    private String ifUnreadable = "stop";

    @Option(
            names = "--leave-out",
            paramLabel = "FILE",
            description =
                    "Leave out the content of these files of NTFS, ext, XFS, Btrfs (those without checksums), F2FS, FAT and"
                            + " exFAT (they read as zeros), as a path from the partition's root; * and ? stand for"
                            + " characters of a name. Without it, pagefile.sys,"
                            + " hiberfil.sys and swapfile.sys; 'nothing' for none.")
    private @Nullable List<String> leaveOut;

    /** As the API has them. */
    void putInto(ObjectNode options) {
        options.put("if-locked", ifLocked);
        if (!ifUnreadable.equals("stop")) {
            options.put("if-unreadable", ifUnreadable);
        }
        if (leaveOut != null) {
            options.put("leave-out", String.join(",", leaveOut));
        }
    }
}
