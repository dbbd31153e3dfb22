package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Firstlight itself, as an operator runs it: a process of its own in the server's namespace, told what to do by its command line. */
final class FirstlightServer implements AutoCloseable {
    private static final int START_SECONDS = 60;
    private static final int BOOT_FILES_SECONDS = 120;

    private final Home home;
    private final Lan lan;
    private final Path data;
    private final Path log;
    private final Process process;

    private FirstlightServer(Home home, Lan lan, Path data, Path log, Process process) {
        this.home = home;
        this.lan = lan;
        this.data = data;
        this.log = log;
        this.process = process;
    }

    /** {@code configuration} is YAML, as an operator would write it. */
    static FirstlightServer start(Home home, Lan lan, Path logs, String configuration) {
        try {
            Path data = Files.createDirectories(lan.state().folder().resolve("data"));
            Path config = Files.writeString(logs.resolve("firstlight.yaml"), configuration);
            Path log = logs.resolve("firstlight.log");
            List<String> command = new ArrayList<>(home.firstlight());
            command.addAll(
                    List.of("serve", "--data", data.toString(), "--config", config.toString(), "--interface", "eth0"));
            Process process = lan.state()
                    .started(new ProcessBuilder(Shell.inside(lan.serverSide(), command))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start());
            FirstlightServer server = new FirstlightServer(home, lan, data, log, process);
            Wait.until("Firstlight to be ready (see " + log + ")", START_SECONDS, () -> server.says("ready"));
            Wait.until(
                    "Firstlight's boot files (see " + log + ")",
                    BOOT_FILES_SECONDS,
                    () -> server.says("boot files are complete"));
            return server;
        } catch (IOException failure) {
            throw new LabFailure("cannot start Firstlight: " + failure.getMessage(), failure);
        }
    }

    private boolean says(String words) {
        if (!process.isAlive()) {
            throw new LabFailure("Firstlight ended at once: " + log().strip());
        }
        String said = log();
        if (said.contains("boot files are missing")) {
            throw new LabFailure(said.lines()
                    .filter(line -> line.contains("boot files are missing"))
                    .findFirst()
                    .orElse(said));
        }
        return said.contains(words);
    }

    /** Runs a Firstlight command beside the server and returns what it printed. */
    String cli(String... words) {
        List<String> command = new ArrayList<>(home.firstlight());
        command.addAll(List.of(words));
        command.addAll(List.of("--data", data.toString()));
        return Shell.run(Shell.inside(lan.serverSide(), command));
    }

    /** What the server has logged so far. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + log + ": " + failure.getMessage(), failure);
        }
    }

    Path data() {
        return data;
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
