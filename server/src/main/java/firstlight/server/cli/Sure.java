package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import firstlight.server.operator.Terminal;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Asks a person before something goes that nobody can bring back. A script, which nobody sits at, is not asked. */
final class Sure {
    /** Of the launcher, which takes {@code --yes} for itself. */
    private static final String TO_THE_LAUNCHER = "FIRSTLIGHT_SURE";

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    /** @param what is worked out only where somebody is asked: the server is, for it */
    void ask(Supplier<String> what) {
        if (yes || "yes".equals(System.getenv(TO_THE_LAUNCHER))) {
            return;
        }
        Terminal.console().ifPresent(console -> {
            if (!Terminal.agrees(console, what.get() + "?")) {
                throw new OperatorError("nothing was deleted", "answer y to delete it, or say --yes");
            }
        });
    }
}
