package firstlight.engine;

import firstlight.image.disk.Folder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Gives a restored Linux system its computer's name: /etc/hostname and the 127.0.1.1 line of /etc/hosts, nothing else. */
final class ComputerName {
    private static final String NAMED = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    /** Comments of the original's administrator may be in any encoding, and stay as they are. */
    private static final Charset OCTETS = StandardCharsets.ISO_8859_1;

    private ComputerName() {}

    /**
     * Writes {@code name} below {@code root}, the system's root; false when there is no Linux with a name.
     *
     * @throws FileSystemException which names the file, where one may not be written
     */
    static boolean apply(Path root, String name) throws IOException {
        if (!name.matches(NAMED)) {
            throw new IOException("'" + name + "' is no computer name: letters, digits and hyphens, 63 at most");
        }
        if (!isIn(root)) {
            return false;
        }
        Path etc = root.resolve("etc");
        Path hostname = etc.resolve("hostname");
        boolean unnamed = isUnnamed(root);
        String old = unnamed ? "" : Files.readString(hostname, OCTETS).strip();
        Path hosts = etc.resolve("hosts");
        if (Files.isRegularFile(hosts, LinkOption.NOFOLLOW_LINKS)) {
            write(hosts, renamed(Files.readString(hosts, OCTETS), old, name));
        }
        write(hostname, name + "\n");
        if (unnamed) {
            try (Folder folder = Folder.open(etc)) { // SELinux, which is not at work here, must find a label on it
                byte[] like = "fstab".getBytes(StandardCharsets.US_ASCII);
                folder.set("hostname".getBytes(StandardCharsets.US_ASCII), folder.node(like), folder.attributes(like));
            }
        }
        return true;
    }

    /** Cut to its length last: where the file system is full, nothing that was there is lost. */
    static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            ByteBuffer octets = OCTETS.encode(text);
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            channel.truncate(channel.position());
        } catch (FileSystemException named) {
            throw named;
        } catch (IOException full) {
            throw new FileSystemException(file.toString(), null, String.valueOf(full.getMessage()));
        }
    }

    /** Whether the system has that name, as its PC's own has. */
    static boolean isAlready(Path root, String name) throws IOException {
        return !isUnnamed(root)
                && Files.readString(root.resolve("etc/hostname"), OCTETS)
                        .strip()
                        .split("\\.", 2)[0]
                        .equalsIgnoreCase(name);
    }

    /** Whether there is a Linux that can be named. A link could lead out of the restored system, into our own. */
    static boolean isIn(Path root) {
        Path etc = root.resolve("etc");
        return !Files.isSymbolicLink(etc)
                && (Files.isRegularFile(etc.resolve("hostname"), LinkOption.NOFOLLOW_LINKS) || isUnnamed(root));
    }

    /** Fedora's installer writes no name unless it is told one (systemd's own default is used then). */
    private static boolean isUnnamed(Path root) {
        Path etc = root.resolve("etc");
        return !Files.isSymbolicLink(etc)
                && !Files.exists(etc.resolve("hostname"), LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(etc.resolve("fstab"), LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(root.resolve("usr/lib/os-release"), LinkOption.NOFOLLOW_LINKS);
    }

    /** Debian's line for the computer itself; the old name's domain stays. */
    static String renamed(String hosts, String old, String name) {
        List<String> lines = new ArrayList<>();
        for (String line : hosts.split("\n", -1)) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[0].equals("127.0.1.1")) {
                String full = words.length > 1 ? words[1] : old;
                int dot = full.indexOf('.');
                lines.add("127.0.1.1\t" + (dot > 0 ? name + full.substring(dot) + " " + name : name));
            } else {
                lines.add(line);
            }
        }
        return String.join("\n", lines);
    }
}
