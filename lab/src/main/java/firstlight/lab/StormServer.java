package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One of several Firstlight servers that share a database, with a data directory of its own. */
record StormServer(String name, Path log, Process process) {
    /** Does not wait: the others are to start beside it. */
    static StormServer begin(Stage stage, String namespace, String name, String configuration) {
        Path log = stage.logs().resolve(name + ".log");
        try {
            Path data = Files.createDirectories(stage.state().folder().resolve(name));
            Path config = Files.writeString(stage.logs().resolve(name + ".yaml"), configuration);
            List<String> command = new ArrayList<>(stage.home().firstlight());
            command.addAll(
                    List.of("serve", "--data", data.toString(), "--config", config.toString(), "--interface", "eth0"));
            Process process = stage.state()
                    .started(new ProcessBuilder(Shell.inside(namespace, command))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start());
            return new StormServer(name, log, process);
        } catch (IOException failure) {
            throw new LabFailure("cannot start " + name + ": " + failure.getMessage(), failure);
        }
    }

    /** With its boot files, though nobody loads them here: preparing them would take the CPU from the storm. */
    void awaitReady() {
        Wait.until(name + " to be ready (see " + log + ")", 120, () -> {
            String said = said();
            if (!process.isAlive()) {
                throw new LabFailure(name + " ended at once: " + said.strip());
            }
            return said.contains("firstlight: ready")
                    && (said.contains("boot files are complete") || said.contains("boot files are missing"));
        });
    }

    String said() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + log + ": " + failure.getMessage(), failure);
        }
    }

    /** SIGKILL: nothing is closed, nothing is said to the others. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
