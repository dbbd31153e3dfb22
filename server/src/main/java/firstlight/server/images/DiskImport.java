package firstlight.server.images;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Tool;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.VersionNotes;
import firstlight.server.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes an image of the disk in a file of a virtual machine: raw, qcow2, VHD, VHDX, VMDK, whatever qemu-img reads. A file that
 * is not raw is unpacked into a sparse file first; then it is captured like a disk. The file itself is only read.
 *
 * @param format empty: what the file says that it is
 * @param ifUnreadable zeros in a raw disk only: what is lost within another format nobody could tell
 * @param vault whose passphrases open what is encrypted in it
 */
public record DiskImport(
        Path file,
        ImageName image,
        Optional<String> format,
        int sectorSize,
        IfUnreadable ifUnreadable,
        Vault vault,
        Path scratch)
        implements Import {
    private static final String INSTALL = "Install the Debian package qemu-utils";

    @Override
    public ImageJob.Outcome run(ImageStore images, VersionNotes.Entry entry, Progress progress) throws IOException {
        String kind = kind();
        if (kind.equals("raw")) {
            return capture(file, kind, images, entry, progress);
        }
        if (ifUnreadable == IfUnreadable.ZERO) {
            throw new ImageFailure(
                    file + " is not imported with zeros for what cannot be read",
                    "it is " + kind + ", of which qemu-img tells nobody what it could not read; raw disks only",
                    "Make a raw disk of it first: qemu-img convert --salvage -O raw " + file + " disk.raw");
        }
        Files.createDirectories(scratch);
        Path raw = Files.createTempFile(scratch, "import-", ".raw");
        try {
            progress.progress(Progress.Phase.COPYING, 0, 0);
            Tool convert = Tool.run(
                    List.of(
                            "qemu-img",
                            "convert",
                            "-p",
                            "-f",
                            kind,
                            "-O",
                            "raw",
                            "-S",
                            "4k",
                            file.toString(),
                            raw.toString()),
                    said -> progress.progress(Progress.Phase.COPYING, Math.max(0, Tool.percent(said)), 100));
            if (!convert.succeeded()) {
                throw new ImageFailure(
                        file + " cannot be unpacked",
                        convert.lastLine(),
                        "Look at it with qemu-img check, and that " + scratch + " has room for what the disk holds");
            }
            return capture(raw, kind, images, entry, progress);
        } finally {
            Files.deleteIfExists(raw);
        }
    }

    /** What qemu-img calls the format. A file that is laid over another one is refused: it could name any file of this server. */
    private String kind() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ImageFailure(
                    "There is no file " + file, "it is not on the server", "Name a file of the server's own host");
        }
        Tool info = Tool.run(
                format.isPresent()
                        ? List.of("qemu-img", "info", "--output=json", "-f", format.get(), file.toString())
                        : List.of("qemu-img", "info", "--output=json", file.toString()));
        if (!info.succeeded()) {
            throw new ImageFailure(
                    file + " cannot be read",
                    info.lastLine(),
                    info.exit() == Tool.NOT_INSTALLED ? INSTALL : "Name its format: raw, qcow2, vpc, vhdx or vmdk");
        }
        try {
            JsonNode node = new JsonMapper().readTree(info.output());
            if (node.has("backing-filename")) {
                throw new ImageFailure(
                        file + " is not whole",
                        "it is laid over " + node.path("backing-filename").asString(),
                        "Make one file of them: qemu-img convert -O qcow2 " + file + " whole.qcow2");
            }
            return node.path("format").asString("raw");
        } catch (JacksonException e) {
            throw new ImageFailure(file + " cannot be read", "qemu-img says: " + info.lastLine(), INSTALL);
        }
    }

    private ImageJob.Outcome capture(
            Path raw, String kind, ImageStore images, VersionNotes.Entry entry, Progress progress) throws IOException {
        return new DiskCapture(image, file + " (" + kind + ")", sectorSize, ifUnreadable, vault.opening(), List.of())
                .run(raw, images, entry, progress);
    }
}
