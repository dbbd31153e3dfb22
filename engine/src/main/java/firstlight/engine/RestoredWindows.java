package firstlight.engine;

import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.addon.Mounted;
import firstlight.image.disk.Access;
import firstlight.image.extents.FileSystem;
import firstlight.image.windows.AnswerFile;
import firstlight.image.windows.Hive;
import firstlight.image.windows.WindowsName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gives a restored Windows its computer's name: in its registry where it is set up, in its answer file where it was generalized, since
 * its first start would take the name from there, or draw one. What keeps it from that is told, and fails no restore that is right.
 *
 * @param name the computer's
 */
record RestoredWindows(String name) {
    static final String SYSTEM = "Windows/System32/config/SYSTEM";
    /** That of a server has some 30 MB; a PC of 1 GB must hold it some times over. */
    private static final long LARGEST = 64L << 20;

    /** In the order in which Setup looks for them, but for media. */
    private static final List<String> ANSWERS = List.of(
            "Windows/Panther/Unattend/Unattend.xml",
            "Windows/Panther/Unattend/Autounattend.xml",
            "Windows/Panther/Unattend.xml",
            "Windows/Panther/Autounattend.xml",
            "Windows/System32/Sysprep/Unattend.xml",
            "Windows/System32/Sysprep/Autounattend.xml",
            "Unattend.xml",
            "Autounattend.xml");

    /** What was done, or why nothing was; empty where there is no Windows. */
    Optional<String> applyTo(Naming.Device device) throws IOException {
        boolean isSystem = device.use(Access.READ, node -> mounted(node, false, root -> find(root, SYSTEM)))
                .isPresent();
        if (!isSystem) {
            return Optional.empty();
        }
        if (!WindowsName.isName(name)) {
            return Optional.of(unnamed("it takes letters, digits and hyphens, 2 to 15 and not digits alone"));
        }
        return device.use(Access.READ_WRITE, node -> mounted(node, true, root -> Optional.of(named(root))));
    }

    private String unnamed(String why) {
        return ", its Windows was not named " + name + ": " + why;
    }

    @FunctionalInterface
    private interface OnMount {
        Optional<String> use(Path root) throws IOException;
    }

    private Optional<String> mounted(Path node, boolean writable, OnMount work) throws IOException {
        Mounted mounted;
        try {
            mounted = Mounted.open(node, FileSystem.NTFS, "", writable);
        } catch (DiskFailure broken) {
            throw broken;
        } catch (ImageFailure refused) {
            return writable ? Optional.of(unnamed(refused.cause() + "; " + refused.cure())) : Optional.empty();
        }
        try (mounted) {
            try {
                return work.use(mounted.point());
            } catch (DiskFailure broken) {
                throw broken;
            } catch (IOException | Hive.Malformed refused) {
                return writable ? Optional.of(unnamed(String.valueOf(refused.getMessage()))) : Optional.empty();
            }
        }
    }

    /** @param root of the drive C: */
    private String named(Path root) throws IOException {
        Path file = root.resolve(find(root, SYSTEM).orElseThrow());
        if (Files.size(file) > LARGEST) {
            return unnamed("its registry is larger than any");
        }
        byte[] hive = Files.readAllBytes(file);
        if (isGeneralized(root)) {
            return generalized(root, answerFile(hive));
        }
        WindowsName windows = WindowsName.in(hive);
        Optional<byte[]> named = windows.give(name);
        if (named.isEmpty()) {
            return unnamed("its registry has no computer's name");
        }
        if (Arrays.equals(hive, named.get())) {
            return ", its Windows is named " + name;
        }
        Optional<String> domain = windows.domain();
        if (domain.isPresent()) {
            return unnamed(
                    "it belongs to " + domain.get()
                            + ", which knows it by the name that it has; for clones, generalize it (sysprep) before its capture");
        }
        write(file, hive.length, named.get());
        return ", its Windows named " + name;
    }

    /** Empty as well where the registry is not whole: the name does not come from there. */
    private static Optional<String> answerFile(byte[] hive) {
        try {
            return WindowsName.in(hive).answerFile();
        } catch (Hive.Malformed _) {
            return Optional.empty();
        }
    }

    /** The first that Setup finds decides. */
    private String generalized(Path root, Optional<String> told) throws IOException {
        List<String> places = new ArrayList<>(ANSWERS);
        told.ifPresent(path -> places.addFirst(path.replace('\\', '/').replaceFirst("^[A-Za-z]:/+", "")));
        String taken = ", its Windows will take the name " + name + " at its first start";
        String done = "";
        for (String place : places) {
            Optional<String> file = find(root, place);
            if (file.isPresent()) {
                byte[] answers = Files.readAllBytes(root.resolve(file.get()));
                Optional<byte[]> named = AnswerFile.named(answers, name);
                if (named.isPresent()) {
                    write(root.resolve(file.get()), answers.length, named.get());
                }
                if (done.isEmpty()) {
                    done = named.isPresent()
                            ? taken
                            : unnamed("its answer file " + file.get()
                                    + " has no ComputerName; without one Windows draws a name");
                }
            }
        }
        if (done.isEmpty()) {
            // Where Setup looks last: it hides no other, such as a stick's.
            write(root.resolve("Unattend.xml"), 0, AnswerFile.of(name));
            return taken;
        }
        return done;
    }

    /** Setup keeps this for who has no registry to read. */
    private static boolean isGeneralized(Path root) throws IOException {
        Optional<String> state = find(root, "Windows/Setup/State/State.ini");
        return state.isPresent()
                && new String(Files.readAllBytes(root.resolve(state.get())), StandardCharsets.ISO_8859_1)
                        .replace("\0", "")
                        .contains("IMAGE_STATE_GENERALIZE_");
    }

    /** First what makes it longer: where there is no room, it is still what it was. */
    private static void write(Path file, int before, byte[] after) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.SYNC)) {
            int kept = Math.min(before, after.length);
            try {
                put(channel, after, kept, after.length);
            } catch (IOException full) {
                channel.truncate(before);
                throw full;
            }
            put(channel, after, 0, kept);
            channel.truncate(after.length);
        }
    }

    private static void put(FileChannel channel, byte[] octets, int from, int to) throws IOException {
        ByteBuffer part = ByteBuffer.wrap(octets, from, to - from);
        channel.position(from);
        while (part.hasRemaining()) {
            channel.write(part);
        }
    }

    /** The place of a file below the root. Names of Windows have no case; ntfs-3g's have. A link could lead out of it. */
    private static Optional<String> find(Path root, String path) throws IOException {
        Path at = root;
        for (String name : path.split("/", -1)) {
            Optional<Path> next = Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS) ? child(at, name) : Optional.empty();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get();
        }
        return Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(root.relativize(at).toString())
                : Optional.empty();
    }

    private static Optional<Path> child(Path folder, String name) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> String.valueOf(child.getFileName()).equalsIgnoreCase(name))
                    .findFirst();
        } catch (UncheckedIOException damaged) {
            throw damaged.getCause();
        }
    }
}
