package firstlight.environment;

import firstlight.model.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a tree in the "newc" format that the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst):
 * sorted, everything owned by root, one fixed time, so that the same tree gives the same octets.
 */
final class Cpio {
    /** Modes as in stat(2): kind and permissions. */
    private static final int DIRECTORY = 0040755;

    private static final int REGULAR = 0100644;
    private static final int EXECUTABLE = 0100755;
    private static final int SYMBOLIC_LINK = 0120777;
    private static final int CHARACTER_DEVICE = 0020000;
    /** The time of every file, as in the build's own jars. */
    static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private final OutputStream out;
    private long written;
    /** Counts entries: equal numbers with several links would be taken for one file. */
    private int inode;

    private Cpio(OutputStream out) {
        this.out = out;
    }

    /** Writes {@code tree} and answers with the octets written. */
    static long write(Tree tree, OutputStream out) throws IOException {
        Cpio cpio = new Cpio(out);
        for (Map.Entry<String, Tree.Node> entry : tree.nodes().entrySet()) {
            cpio.entry(entry.getKey(), entry.getValue());
        }
        cpio.inode = -1;
        // Inode 0, and no time: the same in each archive.
        cpio.header("TRAILER!!!", 0, 1, 0, 0, 0);
        // The next archive in the file begins at a multiple of 512, as cpio(1) leaves it.
        cpio.pad(512);
        return cpio.written;
    }

    private void entry(String path, Tree.Node node) throws IOException {
        switch (node) {
            case Tree.Node.Directory() -> header(path, DIRECTORY, 2, 0, 0, 0);
            case Tree.Node.CharacterDevice(int major, int minor, int mode) ->
                header(path, CHARACTER_DEVICE | mode, 1, 0, major, minor);
            case Tree.Node.Link(String target) -> body(path, SYMBOLIC_LINK, target.getBytes(StandardCharsets.UTF_8));
            case Tree.Node.Content(Bytes bytes, boolean executable) ->
                body(path, executable ? EXECUTABLE : REGULAR, bytes.toArray());
            case Tree.Node.Copy copy ->
                body(path, copy.executable() ? EXECUTABLE : REGULAR, Files.readAllBytes(copy.source()));
        }
    }

    private void body(String path, int mode, byte[] content) throws IOException {
        header(path, mode, 1, content.length, 0, 0);
        raw(content);
        pad(4);
    }

    /**
     * Magic and thirteen numbers of eight hexadecimal digits: inode, mode, user, group, links, time, size, the device's two,
     * those of what a device node names, length of the name with its zero, no checksum.
     */
    private void header(String path, int mode, int links, int size, int major, int minor) throws IOException {
        byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
        inode++;
        String fields = String.format(
                Locale.ROOT,
                "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
                inode,
                mode,
                0,
                0,
                links,
                mode == 0 ? 0 : TIME.getEpochSecond(),
                size,
                0,
                0,
                major,
                minor,
                name.length,
                0);
        raw(fields.getBytes(StandardCharsets.US_ASCII));
        raw(name);
        pad(4);
    }

    private void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    private void pad(int multiple) throws IOException {
        int over = (int) (written % multiple);
        if (over != 0) {
            raw(new byte[multiple - over]);
        }
    }
}
