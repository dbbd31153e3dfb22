package firstlight.server.cli;

import firstlight.image.manifest.PartitionChoice;
import firstlight.image.restore.ReadBack;
import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** What work it is, on the command line of a rule or a schedule: {@code --restore room12 --version 2}. */
final class TaskWords {
    @Option(
            names = "--restore",
            paramLabel = "IMAGE",
            description = "Lay this image down. WHAT IS ON THE DISK IS LOST.")
    private Optional<String> restore = Optional.empty();

    @Option(names = "--version", paramLabel = "N", description = "Of the image; without it, the newest.")
    private Optional<Integer> version = Optional.empty();

    static final String WHERE = "Where the add-ons go, in place of what they say themselves: system (the partition with"
            + " Linux or Windows), esp, a number, or label=NAME.";

    @Option(
            names = "--add-on",
            paramLabel = "IMAGE",
            description = "Lay this add-on image over it; several times if need be.")
    private List<String> addOns = new ArrayList<>();

    @Option(names = "--add-on-partition", paramLabel = "WHERE", description = WHERE)
    private Optional<String> addOnPartition = Optional.empty();

    static final String VERIFY =
            "Read back all that was written (full, the usual), or one chunk of 64 (sampled): a disk"
                    + " with a moving head needs half the time then, and a fault in a single place is not found.";

    @Option(names = "--verify", paramLabel = "full|sampled", description = VERIFY)
    private Optional<String> verify = Optional.empty();

    @Option(
            names = "--join",
            paramLabel = "SESSION",
            description = "Take part in this multicast session. WHAT IS ON THE DISK IS LOST.")
    private Optional<String> join = Optional.empty();

    @Option(names = "--capture", paramLabel = "IMAGE", description = "Make a new version of this image.")
    private Optional<String> capture = Optional.empty();

    @Option(names = "--script", paramLabel = "FILE", description = "Run this shell script in the imaging environment.")
    private Optional<Path> script = Optional.empty();

    @Option(names = "--inventory", description = "Gather all facts.")
    private boolean inventory;

    @Option(names = "--maintenance", description = "A shell for a person at the PC.")
    private boolean maintenance;

    @Option(
            names = "--wipe",
            paramLabel = "METHOD",
            description = "Overwrite disks: signatures, zeros, random or device.")
    private Optional<String> wipe = Optional.empty();

    @Option(names = "--disk", paramLabel = "DEV", description = "Only this disk; several times if need be.")
    private List<String> disks = new ArrayList<>();

    @Option(
            names = "--before",
            paramLabel = "FILE",
            description = "Run this shell script before the work; if it fails, nothing is touched.")
    private Optional<Path> before = Optional.empty();

    @Option(names = "--after", paramLabel = "FILE", description = "Run this shell script when the work is done.")
    private Optional<Path> after = Optional.empty();

    @Option(
            names = "--script-limit",
            paramLabel = "SECONDS",
            description = "How long each of the two may take (default: 1800).")
    private Optional<Integer> limit = Optional.empty();

    private int count() {
        int count = (inventory ? 1 : 0) + (maintenance ? 1 : 0);
        for (Optional<?> each : List.of(restore, join, capture, script, wipe)) {
            count += each.isPresent() ? 1 : 0;
        }
        return count;
    }

    /**
     * As the API's field {@code task}; whether image and session are there the server says.
     *
     * @throws OperatorError unless exactly one kind of work is named
     */
    ObjectNode task() {
        if (count() != 1) {
            throw new OperatorError(
                    count() == 0 ? "no work is named" : "several kinds of work are named",
                    "name one of --restore, --join, --capture, --script, --inventory, --maintenance, --wipe");
        }
        refuseIdle();
        ObjectNode task = Shared.body();
        restore.ifPresent(image -> {
            task.put("kind", "restore").put("image", withoutVersion(image));
            version.ifPresent(number -> task.put("version", number));
            Shared.texts(task, "addOns", addOns);
            if (addOnPartition.isPresent() || verify.isPresent()) {
                ObjectNode options = task.putObject("options");
                addOnPartition.ifPresent(where -> options.put(PartitionChoice.OPTION, where));
                verify.ifPresent(much -> options.put(ReadBack.OPTION, much));
            }
        });
        join.ifPresent(session -> task.put("kind", "join").put("session", session));
        capture.ifPresent(image -> task.put("kind", "capture").put("image", image));
        script.ifPresent(file -> script(task, file));
        wipe.ifPresent(method -> task.put("kind", "wipe").put("method", method));
        if (inventory || maintenance) {
            task.put("kind", inventory ? "inventory" : "maintenance");
        }
        Shared.texts(task, "disks", disks);
        before.ifPresent(file -> task.set("before", around(file, limit)));
        after.ifPresent(file -> task.set("after", around(file, limit)));
        return task;
    }

    /** What would be sent nowhere, though somebody counts on it. */
    private void refuseIdle() {
        if (restore.isEmpty()) {
            refuse(version.isPresent(), "--version", "--restore");
            refuse(!addOns.isEmpty(), "--add-on", "--restore");
            refuse(addOnPartition.isPresent(), "--add-on-partition", "--restore");
            refuse(verify.isPresent(), "--verify", "--restore");
        }
        refuse(limit.isPresent() && before.isEmpty() && after.isEmpty(), "--script-limit", "--before and --after");
    }

    /** Elsewhere {@code room12@3} is a version: here it has an option of its own. */
    static String withoutVersion(String image) {
        int at = image.indexOf('@');
        if (at < 0) {
            return image;
        }
        String version = image.substring(at + 1);
        throw new OperatorError(
                "'" + image + "' is no image's name, but one of its versions",
                version.matches("\\d+")
                        ? "write " + image.substring(0, at) + " --version " + version
                        : "write " + image.substring(0, at) + " --version N, with the number of '" + version
                                + "' (firstlight image list): a tag may be another version's by then");
    }

    static void refuse(boolean given, String option, String of) {
        if (given) {
            throw new OperatorError(option + " does nothing here: it is for " + of, "leave it out, or name " + of);
        }
    }

    static void script(ObjectNode task, Path file) {
        read(task.put("kind", "script"), file);
    }

    /** A script before or after work. */
    static ObjectNode around(Path file, Optional<Integer> limit) {
        ObjectNode script = read(Shared.body(), file);
        limit.ifPresent(seconds -> script.put("seconds", seconds));
        return script;
    }

    private static ObjectNode read(ObjectNode script, Path file) {
        try {
            return script.put("name", String.valueOf(file.getFileName())).put("text", Files.readString(file));
        } catch (IOException e) {
            throw new OperatorError(
                    "the script " + file + " cannot be read: " + IoReason.of(e), "see the file and its permission", e);
        }
    }
}
