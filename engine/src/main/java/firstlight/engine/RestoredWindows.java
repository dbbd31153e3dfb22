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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gives a restored Windows its computer's name: in its registry where it is set up, in its answer file where it was generalized, since
 * its first start would take the name from there, or draw one.
 *
 * @param name the computer's
 */
record RestoredWindows(String name) {
    private static final String SYSTEM = "Windows/System32/config/SYSTEM";
    /** A SYSTEM hive of a server has some 30 MB. */
    private static final long LARGEST = 256L << 20;

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
            return Optional.of(unnamed("it takes letters, digits and hyphens, 15 at most and not digits alone"));
        }
        try {
            return device.use(Access.READ_WRITE, node -> mounted(node, true, this::named));
        } catch (DiskFailure broken) {
            throw broken;
        } catch (ImageFailure refused) {
            return Optional.of(unnamed(refused.cause() + "; " + refused.cure()));
        } catch (Hive.Malformed refused) {
            return Optional.of(unnamed(String.valueOf(refused.getMessage())));
        } catch (FileSystemException refused) {
            if (!RestoredSystem.REFUSALS.contains(String.valueOf(refused.getReason()))) {
                throw refused;
            }
            return Optional.of(unnamed(refused.getReason()));
        }
    }

    private String unnamed(String why) {
        return ", its Windows was not named " + name + ": " + why;
    }

    @FunctionalInterface
    private interface OnMount {
        Optional<String> use(Path root) throws IOException;
    }

    private static Optional<String> mounted(Path node, boolean writable, OnMount work) throws IOException {
        try (Mounted mounted = Mounted.open(node, FileSystem.NTFS, "", writable)) {
            return work.use(mounted.point());
        } catch (ImageFailure unknown) {
            if (writable || unknown instanceof DiskFailure) {
                throw unknown;
            }
            return Optional.empty();
        }
    }

    /** @param root of the drive C: */
    Optional<String> named(Path root) throws IOException {
        Path file = root.resolve(find(root, SYSTEM).orElseThrow());
        if (Files.size(file) > LARGEST) {
            return Optional.of(unnamed("its registry is larger than any"));
        }
        byte[] hive = Files.readAllBytes(file);
        if (isGeneralized(root)) {
            return Optional.of(generalized(root, hive));
        }
        Optional<String> domain = WindowsName.domain(hive);
        if (domain.isPresent()) {
            return Optional.of(unnamed("it is a member of " + domain.get()
                    + ", which knows it by the name that it has; generalize it (sysprep) before its capture"));
        }
        Optional<byte[]> named = WindowsName.give(hive, name);
        if (named.isEmpty()) {
            return Optional.of(unnamed("its registry has no computer's name"));
        }
        write(file, hive, named.get());
        return Optional.of(", its Windows named " + name);
    }

    private String generalized(Path root, byte[] hive) throws IOException {
        List<String> places = new ArrayList<>(ANSWERS);
        WindowsName.answerFile(hive)
                .ifPresent(path -> places.addFirst(path.replace('\\', '/').replaceFirst("^[A-Za-z]:/+", "")));
        String without = "";
        boolean any = false;
        for (String place : places) {
            Optional<String> file = find(root, place);
            if (file.isEmpty()) {
                continue;
            }
            Optional<byte[]> named = AnswerFile.named(Files.readAllBytes(root.resolve(file.get())), name);
            without = named.isEmpty() && without.isEmpty() ? file.get() : without;
            if (named.isPresent()) {
                Files.write(root.resolve(file.get()), named.get());
                any = true;
            }
        }
        if (!any && !without.isEmpty()) {
            return unnamed("its answer file " + without + " has no ComputerName; without one Windows draws a name");
        }
        if (!any) {
            // SYSTEM lies three folders below, by whichever case.
            Path windows = root.resolve(find(root, SYSTEM).orElseThrow())
                    .resolve("../../..")
                    .normalize();
            Path folder = folder(folder(windows, "Panther"), "Unattend");
            Files.write(folder.resolve("Unattend.xml"), AnswerFile.of(name));
        }
        return ", its Windows will take the name " + name + " at its first start";
    }

    private static Path folder(Path in, String name) throws IOException {
        Optional<Path> there = child(in, name);
        return there.isPresent() ? there.get() : Files.createDirectory(in.resolve(name));
    }

    /** Setup keeps this for who has no registry to read. */
    private static boolean isGeneralized(Path root) throws IOException {
        Optional<String> state = find(root, "Windows/Setup/State/State.ini");
        return state.isPresent()
                && new String(Files.readAllBytes(root.resolve(state.get())), StandardCharsets.ISO_8859_1)
                        .replace("\0", "")
                        .contains("IMAGE_STATE_GENERALIZE_");
    }

    /** First what makes it longer: where there is no room, the hive is still what it was. */
    private static void write(Path file, byte[] before, byte[] after) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.SYNC)) {
            try {
                put(channel, after, before.length, after.length);
            } catch (IOException full) {
                channel.truncate(before.length);
                throw new FileSystemException(file.toString(), null, String.valueOf(full.getMessage()));
            }
            put(channel, after, 0, before.length);
        }
    }

    private static void put(FileChannel channel, byte[] octets, int from, int to) throws IOException {
        ByteBuffer part = ByteBuffer.wrap(octets, from, to - from);
        channel.position(from);
        while (part.hasRemaining()) {
            channel.write(part);
        }
    }

    /** The place of a file below the root. Names of Windows have no case; ntfs-3g's have. */
    private static Optional<String> find(Path root, String path) throws IOException {
        Path at = root;
        for (String name : path.split("/", -1)) {
            Optional<Path> next = Files.isDirectory(at) ? child(at, name) : Optional.empty();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get();
        }
        return Files.isRegularFile(at) ? Optional.of(root.relativize(at).toString()) : Optional.empty();
    }

    private static Optional<Path> child(Path folder, String name) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> String.valueOf(child.getFileName()).equalsIgnoreCase(name))
                    .findFirst();
        }
    }
}
