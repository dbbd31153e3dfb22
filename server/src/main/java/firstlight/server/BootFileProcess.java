package firstlight.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the boot files made by a process of its own while PCs are served already; a PC that comes too early is told so by its own
 * missing file. A build takes memory that a server never gives back (300 MB were seen), and processors that it wants.
 */
final class BootFileProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BootFileProcess.class);

    /** Begins a line that is no failure. */
    static final String NOTE = "note: ";

    private final Path root;
    private final Process process;
    private volatile boolean stopped;

    private BootFileProcess(Path root, Process process) {
        this.root = root;
        this.process = process;
    }

    /** @throws IOException when this machine cannot start a Java of its own any more */
    static BootFileProcess start(DataDirectory data, Optional<Path> updates) throws IOException {
        return start(data.boot(), command(data, updates));
    }

    /** {@code command} prints a line for each part that is missing afterwards. */
    static BootFileProcess start(Path root, List<String> command) throws IOException {
        List<String> before = BootFileSupply.missing(root);
        if (!before.isEmpty()) {
            LOG.warn("boot files are being prepared; until then PCs ask in vain for {}", String.join(", ", before));
        }
        BootFileProcess started = new BootFileProcess(
                root, new ProcessBuilder(command).redirectErrorStream(true).start());
        Thread.ofPlatform().daemon().name("boot-files").start(started::listen);
        return started;
    }

    private static List<String> command(DataDirectory data, Optional<Path> updates) {
        List<String> command = new ArrayList<>(List.of(
                "nice", Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("boot-files", "--data", data.path().toString()));
        updates.ifPresent(folder -> command.addAll(List.of("--updates", folder.toString())));
        return command;
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(BootFileProcess::tell);
            int status = process.waitFor();
            if (stopped) {
                return;
            }
            List<String> after = BootFileSupply.missing(root);
            if (!after.isEmpty()) {
                LOG.error(
                        "boot files are missing, PCs will ask in vain: {}; when what stands above is mended, start the server"
                                + " again, or: firstlight environment build",
                        String.join(", ", after));
            } else if (status == 0) {
                LOG.info("boot files are complete in {}", root);
            } else {
                LOG.warn("boot files are complete in {}, but not all are new (see above)", root);
            }
        } catch (IOException e) {
            LOG.error("what became of the boot files is not known", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(String line) {
        if (line.startsWith(NOTE)) {
            LOG.warn("the imaging environment: {}", line.substring(NOTE.length()));
        } else {
            LOG.error("{}", line);
        }
    }

    Process process() {
        return process;
    }

    /** An unfinished build goes on where it was at the next start. */
    @Override
    public void close() {
        stopped = true;
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
