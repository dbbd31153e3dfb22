package firstlight.image.files;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.disk.PrivateMounts;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.view.Overlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes the files of an NTFS in an image into a Windows image file, with their streams, links, rights and short names: by
 * wimlib, which reads the volume itself and needs no mount. As ImageX and DISM do, it leaves page files, hibernation and
 * {@code System Volume Information} out.
 */
public final class WimExport {
    private static final String INSTALL = "Install the Debian package wimtools";

    /** The only name that the shell inside is told: the folder is its working directory. */
    private static final String UNFINISHED = "unfinished.wim";

    private WimExport() {}

    /** @param notes what wimlib warned of */
    public record Written(long octets, List<String> notes) {
        public Written {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Makes {@code target}, which must not be there: it appears when it is complete and every file in it was read back and
     * compared with its SHA-1.
     *
     * @param name of the image within the file
     * @param description of the same
     * @param progress in percent
     */
    public static Written write(ImageVolume volume, String name, String description, Path target, Progress progress)
            throws IOException {
        if (volume.fileSystem() != FileSystem.NTFS) {
            throw new ImageFailure(
                    "Partition " + volume.name() + " cannot become a Windows image file",
                    volume.fileSystem() == FileSystem.UNKNOWN
                            ? "no file system is known in it"
                            : "it holds " + volume.fileSystem().word() + ", and a WIM holds files of NTFS",
                    "See firstlight image ls");
        }
        Path absolute = target.toAbsolutePath();
        if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            throw new ImageFailure(target + " is there already", "nothing is overwritten", "Name another file");
        }
        Path parent = Objects.requireNonNull(absolute.getParent());
        if (!Files.isDirectory(parent)) {
            throw new ImageFailure(target + " cannot be written", "there is no folder " + parent, "Make it first");
        }
        Path folder = Files.createTempDirectory(parent, ".firstlight-wim-");
        Thread stopped = Thread.ofPlatform().unstarted(() -> Scratch.remove(folder));
        Runtime.getRuntime().addShutdownHook(stopped);
        try (Overlay overlay = Overlay.over(volume.octets());
                PrivateMounts mounts = PrivateMounts.with(overlay, folder)) {
            List<String> notes = captured(mounts, name, description, target, progress);
            Path whole = folder.resolve(UNFINISHED);
            verified(whole, target, progress);
            long octets = Files.size(whole);
            Files.move(whole, absolute, StandardCopyOption.ATOMIC_MOVE);
            return new Written(octets, notes);
        } finally {
            Scratch.remove(folder);
            Runtime.getRuntime().removeShutdownHook(stopped);
        }
    }

    private static List<String> captured(
            PrivateMounts mounts, String name, String description, Path target, Progress progress) throws IOException {
        List<String> warnings = new ArrayList<>();
        String words = "'" + plain(name) + "' '" + plain(description) + "'";
        Tool tool = mounts.run("wimcapture --check %s %s %s".formatted(PrivateMounts.DISK, UNFINISHED, words), said -> {
            if (said.startsWith("[WARNING]")) {
                warnings.add(said.substring("[WARNING]".length()).strip());
            }
            share(said, Progress.Phase.COPYING, progress);
        });
        if (!tool.succeeded()) {
            boolean absent = tool.exit() == Tool.NOT_INSTALLED;
            throw new ImageFailure(
                    target + " cannot be written",
                    absent ? "wimlib is not installed" : reason(tool),
                    absent ? INSTALL : "See space and permission there; firstlight image verify tells of damage");
        }
        return warnings;
    }

    private static void verified(Path whole, Path target, Progress progress) throws IOException {
        Tool tool = Tool.run(
                List.of("wimverify", whole.toString()), said -> share(said, Progress.Phase.VERIFYING, progress));
        if (!tool.succeeded()) {
            throw new ImageFailure(
                    target + " was written, but does not read back",
                    reason(tool),
                    "See that disk and this host's memory");
        }
    }

    private static void share(String said, Progress.Phase phase, Progress progress) throws IOException {
        if (said.contains("file data") && Tool.percent(said) >= 0) {
            progress.progress(phase, Tool.percent(said), 100);
        }
    }

    /** A shell reads it, and names of volumes come from the image. */
    private static String plain(String words) {
        return words.replaceAll("[^A-Za-z0-9 ._,/-]", "_");
    }

    private static String reason(Tool tool) {
        return tool.output()
                .lines()
                .filter(line -> line.startsWith("[ERROR]"))
                .map(line -> line.substring("[ERROR]".length()).strip())
                .reduce((one, other) -> one + "; " + other)
                .orElse(tool.lastLine());
    }
}
