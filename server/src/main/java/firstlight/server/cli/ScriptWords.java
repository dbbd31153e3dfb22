package firstlight.server.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Options of work on disks that scripts stand around. */
final class ScriptWords {
    @Option(
            names = "--before",
            paramLabel = "FILE",
            description = "Run this shell script in the imaging environment before the work, with the facts as FL_..."
                    + " variables; if it fails, nothing is touched. An empty file: none, whatever policy says.")
    private Optional<Path> before = Optional.empty();

    @Option(
            names = "--after",
            paramLabel = "FILE",
            description = "Likewise when the work is done; if it fails, so has the work.")
    private Optional<Path> after = Optional.empty();

    @Option(
            names = "--script-limit",
            paramLabel = "SECONDS",
            description = "How long each of the two may take (default: 1800).")
    private Optional<Integer> limit = Optional.empty();

    /**
     * @param given null where none of its options was written (picocli)
     * @return {@code task}, with the whole text of the scripts: the server does not read this host's files
     */
    static ObjectNode around(@Nullable ScriptWords given, ObjectNode task) {
        if (given != null) {
            TaskWords.refuse(
                    given.limit.isPresent() && given.before.isEmpty() && given.after.isEmpty(),
                    "--script-limit",
                    "--before and --after");
            given.before.ifPresent(file -> task.set("before", TaskWords.around(file, given.limit)));
            given.after.ifPresent(file -> task.set("after", TaskWords.around(file, given.limit)));
        }
        return task;
    }
}
