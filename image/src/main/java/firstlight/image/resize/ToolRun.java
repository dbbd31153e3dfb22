package firstlight.image.resize;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Tool;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the tools of file systems are run, and what they say is understood. */
final class ToolRun {
    private ToolRun() {}

    @FunctionalInterface
    interface OnMount {
        long use(Path point) throws IOException;
    }

    /** In a folder of its own, which is gone afterwards. */
    static long mounted(Path node, String type, String options, OnMount work) throws IOException {
        Path point = Files.createTempDirectory("firstlight-mount");
        try (Closeable _ = () -> Files.delete(point)) {
            run("mount", "-t", type, "-o", options, node.toString(), point.toString());
            try (Closeable _ = () -> run("umount", point.toString())) {
                return work.use(point);
            }
        }
    }

    static Optional<String> refusal(Path node, String type, String options) throws IOException {
        try {
            mounted(node, type, options, point -> 0L);
            return Optional.empty();
        } catch (ImageFailure kernel) {
            return Optional.of(kernel.cause());
        }
    }

    /** Octets. */
    static long size(Path node) throws IOException {
        try (FileChannel channel = FileChannel.open(node)) {
            return channel.size();
        }
    }

    /** Octets of the device itself, little-endian. */
    static ByteBuffer little(Path node, long offset, int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(node)) {
            channel.read(octets, offset);
        }
        return octets;
    }

    static String run(String... command) throws IOException {
        Tool tool = Tool.run(new ArrayList<>(Arrays.asList(command)));
        if (!tool.succeeded()) {
            throw failed(command[0], tool);
        }
        return tool.output();
    }

    static ImageFailure failed(String program, Tool tool) {
        return failed(program, tool.exit(), reason(tool));
    }

    static ImageFailure failed(String program, int status, String reason) {
        return new ImageFailure(
                "A file system could not be given its new size",
                program + " ended with status " + status + ": " + reason,
                "Restore onto a disk that is as large as the original, and tell us; what was restored is not to be used");
    }

    /** ntfsresize, e2fsck, resize2fs and mount tell the reason first, and other things behind it. */
    private static String reason(Tool tool) {
        return tool.output()
                .lines()
                .filter(line -> line.startsWith("ERROR: ")
                        || line.startsWith("mount: ")
                        || line.startsWith("resize2fs: ")
                        || line.contains("unsupported feature"))
                .findFirst()
                .map(line -> line.replace("ERROR: ", "").strip())
                .orElse(tool.lastLine());
    }

    /** The first line that is neither the name of a step nor empty. */
    static String finding(Tool repair) {
        return repair.output()
                .lines()
                .filter(line -> !line.isBlank()
                        && !line.startsWith("Phase ")
                        && !line.strip().startsWith("- "))
                .findFirst()
                .orElse(repair.lastLine());
    }

    /**
     * The only group of the first match.
     *
     * @throws IOException when nothing matches: another version of the tool puts it in other words
     */
    static long number(String text, String pattern) throws IOException {
        return Long.parseLong(
                find(text, pattern).orElseThrow(() -> new IOException("nothing like '" + pattern + "' in: " + text)));
    }

    static Optional<String> find(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
