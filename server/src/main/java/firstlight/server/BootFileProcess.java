package firstlight.server;

import firstlight.server.configuration.DataDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the boot files made by a process of its own while PCs are served already; a PC that comes too early is told so by its own missing
 * file. A build takes memory that a server never gives back (300 MB were seen), and processors that it wants. One thread listens to it;
 * {@link #close} may come from another.
 */
final class BootFileProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BootFileProcess.class);

    /** Begins a line that is no failure. */
    static final String NOTE = "note: ";

    /** A server that is put up before its network, or while an archive is away, needs nobody to start it again. */
    private static final Duration AGAIN = Duration.ofMinutes(5);

    /** Where that does not help: each try is a program of its own, and asks the archives. */
    private static final Duration RARELY = Duration.ofHours(1);

    private final Path root;
    private final ProcessBuilder builder;
    private final Duration again;
    /** Counted down when the server ends: no try begins after that. */
    private final CountDownLatch stopped = new CountDownLatch(1);
    /** Lines that the log has already; of the listening thread. */
    private final Set<String> told = new HashSet<>();

    private final Thread listener;
    private Process process;

    private BootFileProcess(Path root, ProcessBuilder builder, Duration again) throws IOException {
        this.root = root;
        this.builder = builder;
        this.again = again;
        this.process = builder.start();
        this.listener = Thread.ofPlatform().daemon().name("boot-files").unstarted(this::listen);
    }

    /** @throws IOException when this machine cannot start a Java of its own any more */
    static BootFileProcess start(DataDirectory data, Optional<Path> updates) throws IOException {
        return start(data.boot(), command(data, updates), AGAIN);
    }

    /**
     * {@code command} prints a line for each part that is missing afterwards.
     *
     * @param again after which it is run once more while one is, and then at twice the time up to an hour
     */
    static BootFileProcess start(Path root, List<String> command, Duration again) throws IOException {
        List<String> before = BootFileSupply.missing(root);
        if (!before.isEmpty()) {
            LOG.warn("boot files are being prepared; until then PCs ask in vain for {}", String.join(", ", before));
        }
        BootFileProcess started =
                new BootFileProcess(root, new ProcessBuilder(command).redirectErrorStream(true), again);
        started.listener.start();
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
        try {
            long wait = again.toMillis();
            while (isMissing(process()) && !stopped.await(wait, TimeUnit.MILLISECONDS) && begin()) {
                wait = Math.min(2 * wait, RARELY.toMillis());
            }
        } catch (IOException e) {
            LOG.error("what became of the boot files is not known", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False when the server ends. */
    private synchronized boolean begin() throws IOException {
        if (stopped.getCount() == 0) {
            return false;
        }
        process = builder.start();
        return true;
    }

    /** Whether a PC would ask in vain still, now that {@code run} has ended. What was told of an earlier one is not told again. */
    private boolean isMissing(Process run) throws IOException, InterruptedException {
        try (BufferedReader lines = run.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().filter(told::add).forEach(BootFileProcess::tell);
        }
        int status = run.waitFor();
        if (stopped.getCount() == 0) {
            return false;
        }
        String missing = String.join(", ", BootFileSupply.missing(root));
        if (!missing.isEmpty()) {
            if (told.add(missing)) {
                LOG.error(
                        "boot files are missing, PCs will ask in vain: {}; they are tried again in {} minutes, then more rarely, and"
                                + " at once by: firstlight environment build",
                        missing,
                        again.toMinutes());
            }
            return true;
        }
        if (status == 0) {
            LOG.info("boot files are complete in {}", root);
        } else {
            LOG.warn("boot files are complete in {}, but not all are new (see above)", root);
        }
        return false;
    }

    private static void tell(String line) {
        if (line.startsWith(NOTE)) {
            LOG.warn("the imaging environment: {}", line.substring(NOTE.length()));
        } else {
            LOG.error("{}", line);
        }
    }

    synchronized Process process() {
        return process;
    }

    /** Whether all was done within {@code time}. */
    boolean join(Duration time) throws InterruptedException {
        return listener.join(time);
    }

    /** An unfinished build goes on where it was at the next start. */
    @Override
    public synchronized void close() {
        stopped.countDown();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
