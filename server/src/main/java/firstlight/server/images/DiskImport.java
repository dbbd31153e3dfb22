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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes an image of the disk in a file of a virtual machine: raw, qcow2, VHD, VHDX, VMDK, whatever qemu-img reads. A file that is not raw
 * is unpacked into a sparse file first; then it is captured like a disk. The file itself is only read.
 *
 * @param file on the server's host; nobody may write to it meanwhile
 * @param format empty: what the file says that it is
 * @param sectorSize of the disk as it was built, 512 or 4096: a file does not tell
 * @param ifUnreadable zeros in a raw disk only: what is lost within another format nobody could tell
 * @param vault whose passphrases open what is encrypted in it
 * @param scratch the folder for what is unpacked; it needs the room that the disk's content takes
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
    @Override
    public ImageJob.Outcome run(ImageStore images, VersionNotes.Entry entry, Progress progress) throws IOException {
        String kind = DiskFormat.of(file, format);
        if (kind.equals("raw")) {
            return capture(file, kind, images, entry, progress);
        }
        // Refused before hours of unpacking, not after.
        if (ifUnreadable == IfUnreadable.ZERO) {
            throw new ImageFailure(
                    file + " is not imported with zeros for what cannot be read",
                    "it is " + kind + ", of which qemu-img tells nobody what it could not read; raw disks only",
                    "Make a raw disk of it first: qemu-img convert --salvage -O raw " + file + " disk.raw");
        }
        try (Unpacked unpacked = Unpacked.in(scratch)) {
            Path raw = unpacked.file();
            progress.progress(Progress.Phase.COPYING, 0, 0);
            Tool convert = Tool.run(
                    List.of("qemu-img", "convert", "-p", "-O", "raw", "-S", "4k", opened(kind), raw.toString()),
                    said -> progress.progress(Progress.Phase.COPYING, Math.max(0, Tool.percent(said)), 100));
            if (!convert.succeeded()) {
                throw new ImageFailure(
                        file + " cannot be unpacked",
                        convert.lastLine(),
                        "Look at it with qemu-img check, and that " + scratch + " has room for what the disk holds");
            }
            return capture(raw, kind, images, entry, progress);
        }
    }

    /** Of a VHD by VirtualBox or Virtual PC qemu-img would take the length from its cylinders, heads and sectors, which is less than the disk's. */
    private String opened(String kind) {
        ObjectNode opened = new JsonMapper().createObjectNode().put("driver", kind);
        if (kind.equals("vpc")) {
            opened.put("force_size_calc", "current_size");
        }
        opened.putObject("file").put("driver", "file").put("filename", file.toString());
        return "json:" + opened;
    }

    private ImageJob.Outcome capture(
            Path raw, String kind, ImageStore images, VersionNotes.Entry entry, Progress progress) throws IOException {
        long odd = Files.size(raw) % sectorSize;
        List<String> notes = odd == 0
                ? List.of()
                : List.of("the last " + odd + " octets of " + file
                        + " are no whole sector and are not in the image: see" + " whether the file came whole");
        return new DiskCapture(image, file + " (" + kind + ")", sectorSize, ifUnreadable, vault.opening(), notes)
                .run(raw, images, entry, progress);
    }
}
