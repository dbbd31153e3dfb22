package firstlight.server.images;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a virtual machine's disk in a file is, and whether it is all there: qemu-img reads zeros where a file was cut short. */
final class DiskFormat {
    private static final String INSTALL = "Install the Debian package qemu-utils";
    private static final String RAW = "raw";

    /** qemu-img check: clusters that nobody uses do no harm, and some formats it cannot check. */
    private static final List<Integer> SOUND = List.of(0, 3, 63);

    /** Of VHD's footer as well (Microsoft's Virtual Hard Disk Image Format Specification, 1.0). */
    private static final int SECTOR = 512;

    /** The footer's cookie. */
    private static final String VHD = "conectix";
    /** Where the footer says what kind of disk it is, as a number of 4 octets, big-endian. */
    private static final int VHD_TYPE = 60;

    private static final int DIFFERENCING = 4;

    /** Archives that may hold a disk but are none, by their first characters (ISO 8859-1). */
    private static final Map<String, String> PACKED = Map.of(
            "\u001f\u008b", "gzip",
            "\u00fd7zXZ\0", "xz",
            "(\u00b5/\u00fd", "zstd",
            "BZh", "bzip2",
            "PK\u0003\u0004", "zip",
            "7z\u00bc\u00af'\u001c", "7-Zip");

    private DiskFormat() {}

    /**
     * What qemu-img calls the format. A file that is laid over another one is refused: it could name any file of this server.
     *
     * @param given by a person, who knows better than the file
     * @throws ImageFailure where it is no disk, or not all of one
     */
    static String of(Path file, Optional<String> given) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ImageFailure(
                    "There is no file " + file, "it is not on the server", "Name a file of the server's own host");
        }
        String kind = told(file, given);
        if (kind.equals(RAW) && Files.size(file) < SECTOR) { // a VMDK's text that names other files is shorter
            throw new ImageFailure(
                    file + " is no disk", "it has " + Files.size(file) + " octets", "See whether the file came whole");
        }
        if (kind.equals(RAW) && given.isEmpty()) {
            if (isFixedVhd(file)) {
                return "vpc"; // a VHD of fixed size is the disk and this footer, and qemu-img looks at the beginning
                // only
            }
            packed(file);
        }
        if (!kind.equals(RAW)) {
            whole(file, kind);
        }
        return kind;
    }

    /** qemu-img, which looks at the beginning, would take one for a raw disk that has a sector more than it had. */
    private static boolean isFixedVhd(Path file) throws IOException {
        try {
            return text(file, Files.size(file) - SECTOR, 8).equals(VHD);
        } catch (IOException unreadable) {
            return false; // a disk that fails, in a file: what becomes of such sectors is for the capture to say
        }
    }

    /** What qemu-img info says; it opens no backing file for that. */
    private static String told(Path file, Optional<String> given) throws IOException {
        Tool info = Tool.run(
                given.isPresent()
                        ? List.of("qemu-img", "info", "--output=json", "-f", given.get(), file.toString())
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
            JsonNode elsewhere = node.path("format-specific").path("data").path("data-file");
            if (elsewhere.isString()) { // a qcow2 with its content in a raw file: any file that its maker named
                throw new ImageFailure(
                        file + " is not whole",
                        "its content lies in " + elsewhere.asString(),
                        "Where that is a disk of yours, make one file of them: qemu-img convert -O qcow2 " + file
                                + " whole.qcow2");
            }
            String format = node.path("format").asString(RAW);
            return format.equals("luks")
                    ? RAW
                    : format; // a whole disk that is encrypted: the vault opens it, not qemu-img
        } catch (JacksonException e) {
            throw new ImageFailure(file + " cannot be read", "qemu-img says: " + info.lastLine(), INSTALL);
        }
    }

    private static void packed(Path file) throws IOException {
        String start = text(file, 0, 8);
        Optional<String> by = PACKED.entrySet().stream()
                .filter(each -> start.startsWith(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        String what = by.map(program -> "it is packed with " + program)
                .orElse(text(file, 257, 5).equals("ustar") ? "it is an archive (tar; an OVA is one)" : "");
        if (!what.isEmpty()) {
            throw new ImageFailure(
                    file + " is no disk", what, "Unpack it first; where it is a disk all the same, say --format raw");
        }
    }

    /** A checkpoint of Hyper-V is the blocks that changed; qemu-img (7.2) takes it for a whole disk with zeros between them. */
    private static void notOverAnother(Path file) throws IOException {
        for (long at : new long[] {Files.size(file) - SECTOR, 0}) { // the footer, and its copy
            ByteBuffer footer = ByteBuffer.wrap(octets(file, at, SECTOR));
            if (text(file, at, 8).equals(VHD) && footer.getInt(VHD_TYPE) == DIFFERENCING) {
                throw new ImageFailure(
                        file + " is not whole",
                        "it is a VHD that is laid over another one (a checkpoint or a child disk)",
                        "Merge it into its parent with Hyper-V (Edit Disk, Merge), and import that one");
            }
        }
    }

    /** @throws ImageFailure where octets of it are missing that its own tables name */
    private static void whole(Path file, String kind) throws IOException {
        if (kind.equals("vpc")) {
            notOverAnother(file);
        }
        Tool check = Tool.run(List.of("qemu-img", "check", "-f", kind, file.toString()));
        String why = SOUND.contains(check.exit())
                ? ""
                : check.output().lines().findFirst().orElse("qemu-img check ended with " + check.exit());
        if (why.isEmpty() && kind.equals("vdi")) {
            long end = endOfVdi(file);
            why = Files.size(file) < end ? "it has " + Files.size(file) + " octets, and its table names " + end : "";
        }
        if (!why.isEmpty()) {
            throw new ImageFailure(
                    file + " is damaged, or not all of it is there",
                    why,
                    "Copy it again from where it came. Where it came whole, 'qemu-img check -r all' may mend a copy of it");
        }
    }

    /** VirtualBox' header: where blocks begin, how long one is, how many there are; qemu-img (7.2) does not look for their end. */
    private static long endOfVdi(Path file) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(octets(file, 0, SECTOR)).order(ByteOrder.LITTLE_ENDIAN);
        return Integer.toUnsignedLong(header.getInt(0x158))
                + Integer.toUnsignedLong(header.getInt(0x178)) * Integer.toUnsignedLong(header.getInt(0x184));
    }

    private static String text(Path file, long at, int length) throws IOException {
        return new String(octets(file, at, length), StandardCharsets.ISO_8859_1);
    }

    /** Zeros behind the file's end. */
    private static byte[] octets(Path file, long at, int length) throws IOException {
        byte[] octets = new byte[length];
        ByteBuffer into = ByteBuffer.wrap(octets);
        try (FileChannel channel = FileChannel.open(file)) {
            int read = 0;
            while (into.hasRemaining() && read >= 0) {
                read = channel.read(into, at + into.position());
            }
        }
        return octets;
    }
}
