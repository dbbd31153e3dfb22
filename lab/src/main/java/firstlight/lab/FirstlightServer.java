package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Firstlight itself, as an operator runs it: a process of its own in the server's namespace, told what to do by its command line. */
final class FirstlightServer implements AutoCloseable {
    /** Many times what a quiet machine takes: the JVM starts beside two emulated PCs. */
    private static final int START_SECONDS = 60;

    private static final int BOOT_FILES_SECONDS = 120;

    private final Home home;
    private final Lan lan;
    private final Path data;
    private final Path log;
    /** How long the log was before this start: the words of a server that was killed are not this one's. */
    private final int logged;

    private final Process process;

    private FirstlightServer(Home home, Lan lan, Path data, Path log, int logged, Process process) {
        this.home = home;
        this.lan = lan;
        this.data = data;
        this.log = log;
        this.logged = logged;
        this.process = process;
    }

    /**
     * {@code configuration} is YAML, as an operator would write it. Returns when PCs can boot: the server is ready and its boot
     * files are complete.
     */
    static FirstlightServer start(Home home, Lan lan, Path logs, String configuration) {
        return start(home, lan, logs, configuration, Optional.empty());
    }

    /** {@code storeMib}: the image store is on a disk of that size. A server that is started again goes on in its log. */
    static FirstlightServer start(Home home, Lan lan, Path logs, String configuration, Optional<Integer> storeMib) {
        try {
            Path data = Files.createDirectories(lan.state().folder().resolve("data"));
            Path config = Files.writeString(logs.resolve("firstlight.yaml"), configuration);
            Path log = logs.resolve("firstlight.log");
            int logged = Files.exists(log) ? Files.readString(log).length() : 0;
            List<String> command = new ArrayList<>(storeOf(data, storeMib));
            command.addAll(home.firstlight());
            command.addAll(
                    List.of("serve", "--data", data.toString(), "--config", config.toString(), "--interface", "eth0"));
            Process process = lan.state()
                    .started(new ProcessBuilder(Shell.inside(lan.serverSide(), command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start());
            FirstlightServer server = new FirstlightServer(home, lan, data, log, logged, process);
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

    /** ip(8) gives what it runs mounts of its own: the small disk is seen by the server alone, and goes with it. */
    private static List<String> storeOf(Path data, Optional<Integer> mib) {
        return mib.map(size -> List.of(
                        "sh",
                        "-c",
                        "mkdir -p \"$1\" && mount -t tmpfs -o size=\"$2\"m tmpfs \"$1\" && shift 2 && exec \"$@\"",
                        "sh",
                        data.resolve("images").toString(),
                        Integer.toString(size)))
                .orElse(List.of());
    }

    /** SIGKILL, as a power cut or the kernel's out-of-memory killer would end it. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Whether its log holds {@code words}. A server that ended, or that has no boot files, is told at once instead of after a minute. */
    private boolean says(String words) {
        if (!process.isAlive()) {
            throw new LabFailure(
                    "Firstlight ended at once: " + log().substring(logged).strip());
        }
        String said = log().substring(logged);
        if (said.contains("boot files are missing")) {
            throw new LabFailure(said.lines()
                    .filter(line -> line.contains("boot files are missing"))
                    .findFirst()
                    .orElse(said));
        }
        return said.contains(words);
    }

    /**
     * Runs a Firstlight command beside the server and returns what it printed. A status other than 0 is a {@link LabFailure},
     * with its last words.
     */
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
        // SIGTERM first: a server's orderly end is a part of what the lab plays, and its log shows it.
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
