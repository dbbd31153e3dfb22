package firstlight.environment;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes a tree as a squashfs image: compressed in blocks, of which the PC unpacks only those that it reads. What kind of machine
 * builds, and with how many processors, does not change an octet.
 *
 * @param level zstd's
 * @param block octets that are compressed together, in mksquashfs' words
 *     ({@code 512K}): large ones are smaller, small ones are read faster
 */
record SquashFs(int level, String block) {
    private static final String PROGRAM = "mksquashfs";

    void write(Tree tree, Path file) throws IOException, BuildFailedException {
        Path stage = file.resolveSibling(file.getFileName() + ".tree");
        Folders.delete(stage);
        Files.createDirectories(stage);
        try {
            lay(tree, stage);
            Files.deleteIfExists(file);
            String time = Long.toString(Cpio.TIME.getEpochSecond());
            List<String> command = new ArrayList<>(List.of(PROGRAM, stage.toString(), file.toString()));
            command.addAll(List.of("-comp", "zstd", "-Xcompression-level", Integer.toString(level), "-b", block));
            command.addAll(List.of("-all-root", "-no-xattrs", "-all-time", time, "-mkfs-time", time));
            command.addAll(List.of("-noappend", "-no-progress", "-quiet", "-exit-on-error"));
            Command.run(command, "install squashfs-tools, and look at the space of " + stage.getParent());
        } finally {
            Folders.delete(stage);
        }
    }

    private static void lay(Tree tree, Path stage) throws IOException {
        for (Map.Entry<String, Tree.Node> entry : tree.nodes().entrySet()) {
            Path path = stage.resolve(entry.getKey());
            switch (entry.getValue()) {
                case Tree.Node.Directory() -> Files.createDirectories(path);
                case Tree.Node.Link(String target) -> Files.createSymbolicLink(path, Path.of(target));
                case Tree.Node.Content(var bytes, boolean executable) -> {
                    Files.write(path, bytes.toArray());
                    permit(path, executable);
                }
                case Tree.Node.Copy(Path source, boolean executable) -> {
                    try (OutputStream out = Files.newOutputStream(path)) {
                        Files.copy(source, out);
                    }
                    permit(path, executable);
                }
                case Tree.Node.CharacterDevice _ ->
                    throw new IOException(entry.getKey() + ": devices belong into the archive that the kernel unpacks");
            }
        }
        // Whatever the umask of the one who builds.
        try (Stream<Path> all = Files.walk(stage)) {
            for (Path folder : all.filter(Files::isDirectory).toList()) {
                permit(folder, true);
            }
        }
    }

    private static void permit(Path path, boolean executable) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
