package firstlight.lab.bench;

import firstlight.lab.Programs;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Our own side's version, and the machine's. */
final class Ours {
    private Ours() {}

    static String version() {
        String home = System.getenv().getOrDefault("FIRSTLIGHT_HOME", ".");
        Programs.Ended commit = Programs.attempt(List.of("git", "-C", home, "describe", "--always", "--dirty"));
        String source = commit.status() == 0 ? commit.output().strip() : "of no repository";
        try {
            String load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
            return "Firstlight " + source + ", Java " + Runtime.version() + ", Linux "
                    + System.getProperty("os.version") + ", "
                    + Runtime.getRuntime().availableProcessors() + " CPUs, load " + load;
        } catch (IOException e) {
            throw new OperatorError("cannot read /proc/loadavg", "the benchmarks need Linux", e);
        }
    }
}
