package firstlight.lab.bench;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server under measurement: processes of its own, so that the kernel counts its CPU apart from the load's.
 *
 * @param name ours or the peer's, as the figures show it
 */
record Subject(String name, Host host, Process process) {
    private static final int PATIENCE_SECONDS = 180;

    /** A server that does other things for so long is measured all the same. */
    private static final int SETTLE_SECONDS = 30;

    /** The kernel's USER_HZ, the same on every Linux that Debian builds. */
    private static final double TICKS = 100;

    /** Starts {@code command} on a host of its own and waits until it listens. */
    static Subject start(Ground ground, Host host, String name, String protocol, int port, List<String> command) {
        String log = name + ".log";
        Process process = ground.start(
                host.namespace(),
                log,
                Redirect.appendTo(ground.folder().resolve(name + ".out").toFile()),
                command);
        Subject subject = new Subject(name, host, process);
        Path proc = Path.of("/proc", String.valueOf(process.pid()));
        long deadline = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        try {
            while (!listens(proc, protocol, port)) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new OperatorError(
                            name + " does not listen on " + protocol + " port " + port,
                            Files.readString(ground.folder().resolve(log)).strip());
                }
                Thread.sleep(20);
            }
        } catch (IOException e) {
            throw new OperatorError(
                    name + " ended at once", lastWords(ground.folder().resolve(log), e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorError("interrupted", "", e);
        }
        return subject;
    }

    /** Only in the server's own network: until ip(8) has entered it, what the process sees is this host's. */
    private static boolean listens(Path proc, String protocol, int port) throws IOException {
        Path network = Path.of("ns", "net");
        if (Files.readSymbolicLink(proc.resolve(network))
                .equals(Files.readSymbolicLink(Path.of("/proc/self").resolve(network)))) {
            return false;
        }
        // "sl: local remote state ..." (proc(5)): 0A is TCP's LISTEN, 07 a UDP socket without a peer
        Pattern listening =
                Pattern.compile(String.format(Locale.ROOT, " *[0-9]+: [0-9A-F]+:%04X [0-9A-F]+:0000 (0A|07) .*", port));
        for (String table : List.of(protocol, protocol + "6")) {
            if (Files.readAllLines(proc.resolve("net").resolve(table)).stream()
                    .anyMatch(line -> listening.matcher(line).matches())) {
                return true;
            }
        }
        return false;
    }

    private static String lastWords(Path log, IOException gone) {
        try {
            String words = Files.readString(log).strip();
            return words.isEmpty() ? "it said nothing (" + gone.getMessage() + ")" : words;
        } catch (IOException none) {
            return gone + "; " + none;
        }
    }

    /** Seconds of CPU that the server has used so far, in user and kernel, all its processes. */
    double cpuSeconds() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToDouble(each -> cpuSeconds(each.pid()))
                .sum();
    }

    /** Waits until the server has worked off what it was sent, so that one run's rest is not the next one's beginning. */
    void settle() {
        try {
            long deadline = System.nanoTime() + SETTLE_SECONDS * 1_000_000_000L;
            double before;
            double after = cpuSeconds();
            do {
                Thread.sleep(200);
                before = after;
                after = cpuSeconds();
                // The kernel counts in ticks of 10 ms: one of them in 200 ms is rest.
            } while (after - before > 0.011 && System.nanoTime() < deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorError("interrupted", "", e);
        }
    }

    private static double cpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            // The name, second and in parentheses, may hold spaces; utime and stime are fields 14 and 15.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
        } catch (IOException e) {
            return 0; // ended meanwhile
        }
    }
}
