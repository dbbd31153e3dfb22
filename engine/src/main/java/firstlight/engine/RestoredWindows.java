package firstlight.engine;

import firstlight.image.Amount;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.extents.FileSystem;
import firstlight.image.tree.MountedSystem;
import firstlight.image.windows.AnswerFile;
import firstlight.image.windows.Hive;
import firstlight.image.windows.WindowsFile;
import firstlight.image.windows.WindowsName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Gives a restored Windows its computer's name: in its registry where it is set up, in its answer file where it was generalized, since
 * its first start would take the name from there, or draw one. What keeps it from that is told, and fails no restore that is right.
 *
 * @param name the computer's
 */
record RestoredWindows(String name) {
    static final String SYSTEM = "Windows/System32/config/SYSTEM";
    /** How often its registry is held at once: as it was, changed, longer, and as the lists of its values before and after. */
    private static final int TIMES = 5;

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
        // Looked at without writing first: a volume of data is not to be changed by a mount.
        if (!has(device, root -> WindowsFile.find(root, SYSTEM).isPresent())) {
            return Optional.empty();
        }
        if (!WindowsName.isName(name)) {
            String why = "it takes letters, digits and hyphens, 2 to 15 and not digits alone";
            return has(device, root -> isGeneralized(root) && !answers(root).isEmpty())
                    ? device.use(Access.READ_WRITE, node -> mounted(node, true, root -> Optional.of(drawn(root, why))))
                    : Optional.of(unnamed(why));
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

    @FunctionalInterface
    private interface Look {
        boolean at(Path root) throws IOException;
    }

    private boolean has(Naming.Device device, Look look) throws IOException {
        return device.use(
                        Access.READ,
                        node -> mounted(node, false, root -> look.at(root) ? Optional.of("") : Optional.empty()))
                .isPresent();
    }

    private Optional<String> mounted(Path node, boolean writable, OnMount work) throws IOException {
        MountedSystem mounted;
        try {
            mounted = MountedSystem.open(
                    node, FileSystem.NTFS, "", writable ? MountedSystem.Use.WRITE : MountedSystem.Use.READ);
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
        Path file = WindowsFile.find(root, SYSTEM).orElseThrow();
        if (Files.size(file) > Hive.mostOctets(TIMES)) {
            return unnamed("its registry has " + Amount.mib(Files.size(file)) + ", more than the "
                    + Amount.mib(Hive.mostOctets(TIMES)) + " that can be worked on here");
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
        WindowsFile.write(file, named.get());
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
        told.map(path -> path.replace('\\', '/').replaceFirst("^[Cc]:/+", ""))
                .filter(path -> !path.contains(":")) // a stick, at its capture
                .ifPresent(places::addFirst);
        String taken = ", its Windows will take the name " + name + " at its first start";
        String done = "";
        for (String place : places) {
            Optional<Path> file = WindowsFile.find(root, place);
            if (file.isPresent()) {
                byte[] answers = Files.readAllBytes(file.get());
                Optional<byte[]> named = AnswerFile.named(answers, name);
                if (named.isPresent()) {
                    WindowsFile.write(file.get(), named.get());
                }
                // One whose name was taken at an installation before says nothing to this one.
                if (done.isEmpty() && (named.isEmpty() || AnswerFile.isToName(answers))) {
                    done = named.isPresent()
                            ? taken
                            : unnamed("its answer file " + root.relativize(file.get())
                                    + " has no ComputerName; without one Windows draws a name");
                }
            }
        }
        if (done.isEmpty()) {
            // Where Setup looks last: it hides no other, such as a stick's.
            WindowsFile.write(root.resolve("Unattend.xml"), AnswerFile.of(name));
            return taken;
        }
        return done;
    }

    /**
     * Answer files of ours with the name of the PC that this Windows was captured from: when it has been set up and was generalized again, all
     * its clones would take that.
     */
    private static List<Path> answers(Path root) throws IOException {
        List<Path> ours = new ArrayList<>();
        for (String place : ANSWERS) {
            Optional<Path> file = WindowsFile.find(root, place);
            if (file.isPresent() && AnswerFile.isOwn(Files.readAllBytes(file.get()))) {
                ours.add(file.get());
            }
        }
        return ours;
    }

    private String drawn(Path root, String why) throws IOException {
        for (Path ours : answers(root)) {
            WindowsFile.write(ours, AnswerFile.of(AnswerFile.ANY));
        }
        return unnamed(why) + "; the name of the PC that it was captured from was taken out of its answer file";
    }

    /** Setup keeps this for who has no registry to read. */
    private static boolean isGeneralized(Path root) throws IOException {
        Optional<Path> state = WindowsFile.find(root, "Windows/Setup/State/State.ini");
        return state.isPresent()
                && new String(Files.readAllBytes(state.get()), StandardCharsets.ISO_8859_1)
                        .replace("\0", "")
                        .contains("IMAGE_STATE_GENERALIZE_");
    }
}
