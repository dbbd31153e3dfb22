package firstlight.image.windows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.stream.Stream;

/** A file of a Windows whose drive is mounted. */
public final class WindowsFile {
    /** Of what is written at once, which Java copies first. */
    private static final int PIECE = 1 << 20;

    private WindowsFile() {}

    /**
     * Names of Windows have no case; ntfs-3g's have. A link could lead out of the drive.
     *
     * @param path below the root, such as {@code Boot/BCD}
     * @throws IOException where it, or a folder on the way, cannot be read
     */
    public static Optional<Path> find(Path root, String path) throws IOException {
        Path at = root;
        for (String name : path.split("/", -1)) {
            Optional<Path> next = attributes(at).isDirectory() ? child(at, name) : Optional.empty();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get();
        }
        return attributes(at).isRegularFile() ? Optional.of(at) : Optional.empty();
    }

    /** Of one that is listed and cannot be read this fails, where {@code Files.isDirectory} says that it is none. */
    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static Optional<Path> child(Path folder, String name) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> String.valueOf(child.getFileName()).equalsIgnoreCase(name))
                    .findFirst();
        } catch (UncheckedIOException damaged) {
            throw damaged.getCause();
        }
    }

    /**
     * Writes it anew, in place, and on to the disk. First what makes it longer: where there is no room, it is still what it was. The disk is
     * flushed as often as that needs, not for each piece: one with a moving head takes 10 ms for each.
     */
    public static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            long before = channel.size();
            int kept = (int) Math.min(before, content.length);
            try {
                put(channel, content, kept, content.length);
                channel.force(true);
            } catch (IOException full) {
                channel.truncate(before);
                throw full;
            }
            put(channel, content, 0, kept);
            channel.truncate(content.length);
            channel.force(true);
        }
    }

    private static void put(FileChannel channel, byte[] content, int from, int to) throws IOException {
        channel.position(from);
        for (int at = from; at < to; at += PIECE) {
            ByteBuffer piece = ByteBuffer.wrap(content, at, Math.min(PIECE, to - at));
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
        }
    }
}
