package firstlight.server.images;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One of the trees of files in a Windows image file (WIM), as wimlib's wiminfo tells them.
 *
 * @param number counts from 1
 * @param name may be empty
 * @param entries folders and files
 * @param octets what the files hold, each name of a hard link counted
 */
record WimIndex(int number, String name, long entries, long octets) {
    static final String INSTALL = "Install the Debian package wimtools";

    /** The first octets of a WIM, and of one that was written to a pipe. */
    private static final List<String> MAGIC = List.of("MSWIM\0\0\0", "WLPWM\0\0\0");

    static boolean isOne(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        ByteBuffer start = ByteBuffer.allocate(8);
        try (FileChannel channel = FileChannel.open(file)) {
            int read = channel.read(start, 0);
            return read == start.capacity() && MAGIC.contains(new String(start.array(), StandardCharsets.ISO_8859_1));
        }
    }

    /** @throws ImageFailure when wiminfo is not installed, or cannot read the file */
    static List<WimIndex> of(Path file) throws IOException {
        Tool info = Tool.run(List.of("wiminfo", file.toString()));
        if (!info.succeeded()) {
            throw new ImageFailure(
                    file + " cannot be read",
                    info.lastLine(),
                    info.exit() == Tool.NOT_INSTALLED ? INSTALL : "See whether it came whole: wimverify " + file);
        }
        return parse(info.output());
    }

    /** "Total Bytes" stands behind the counts of its tree, and closes it. */
    static List<WimIndex> parse(String text) {
        List<WimIndex> found = new ArrayList<>();
        int number = 0;
        String name = "";
        long entries = 0;
        for (String line : text.lines().toList()) {
            String[] parts = line.split(":", 2);
            String value = parts.length == 2 ? parts[1].strip() : "";
            switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
                case "index" -> {
                    number = Integer.parseInt(value);
                    name = "";
                    entries = 0;
                }
                case "name" -> name = value;
                case "directory count", "file count" -> entries += Long.parseLong(value);
                case "total bytes" -> found.add(new WimIndex(number, name, entries, Long.parseLong(value)));
                default -> {
                    // of no use here
                }
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return number + " " + (name.isEmpty() ? "(no name)" : "'" + name + "'");
    }
}
