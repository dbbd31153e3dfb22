package firstlight.lab.bench;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** udpcast in the same room, as imaging programs start it; its receivers throw away what they get, as ours do. */
final class UdpcastRoom {
    static final String NAME = "udpcast";

    /** The shell's times: of what it ran, in the second line. When that failed, its last words. */
    private static final String TIMED =
            "log=$1; shift; \"$@\" >\"$log\" 2>&1 || { tail -c 500 \"$log\"; exit 1; }; times";

    /** A run that failed is made again so often before the benchmark gives up. */
    private static final int TRIALS = 3;

    /**
     * Octets a second. Slower than this, or longer than a minute at its start, it will not end: a receiver that missed the
     * sender's answer waits for ever.
     */
    private static final long SLOWEST = 10_000_000;

    private final Ground ground;
    private final List<Host> lan;
    private final Path file;
    private final Path sender;
    private final Path receiver;
    private int failures;

    UdpcastRoom(Ground ground, List<Host> lan, Path file) {
        this.ground = ground;
        this.lan = lan;
        this.file = file;
        Peers peers = new Peers();
        sender = peers.program("usr/bin", "udp-sender", NAME);
        receiver = peers.program("usr/bin", "udp-receiver", NAME);
    }

    /** What the sender of the last run said about itself. */
    String version() {
        Path log = log(lan.getFirst());
        try (var lines = Files.lines(log)) {
            return lines.findFirst().orElse("version unknown");
        } catch (IOException e) {
            throw new OperatorError("cannot read " + log, String.valueOf(e.getMessage()), e);
        }
    }

    /** How often it gave a receiver up. */
    int failures() {
        return failures;
    }

    /** A run in which all receivers had the whole file: one in which it gave one up ("Dropped by server") is told and made again. */
    MulticastBench.Sample run() {
        for (int trial = 1; trial <= TRIALS; trial++) {
            Run run = once();
            if (run.failed().isEmpty()) {
                return run.sample();
            }
            failures++;
            System.out.println("udpcast: " + run.failed().size() + " of its programs failed; once more. "
                    + run.failed().getFirst().strip().lines().reduce("", (before, last) -> last));
        }
        throw new OperatorError(
                "udpcast failed " + TRIALS + " times one after the other", "measure on a machine with less to do");
    }

    /** One transfer, and what those of its processes said last that failed. */
    private record Run(MulticastBench.Sample sample, List<String> failed) {}

    private Run once() {
        Process sending = start(
                lan.getFirst(),
                List.of(
                        sender.toString(),
                        "--nokbd",
                        "--interface",
                        "eth0",
                        "--full-duplex",
                        "--min-receivers",
                        String.valueOf(lan.size() - 1),
                        // on a busy machine a receiver waits for its turn longer than 200 repeats take
                        "--retries-until-drop",
                        "10000",
                        "--file",
                        file.toString()));
        waitForSender();
        long start = System.nanoTime();
        List<Process> receiving = new ArrayList<>();
        for (Host host : lan.subList(1, lan.size())) {
            receiving.add(
                    start(host, List.of(receiver.toString(), "--nokbd", "--interface", "eth0", "--file", "/dev/null")));
        }
        List<Process> all =
                Stream.concat(Stream.of(sending), receiving.stream()).toList();
        Thread limit = Thread.ofVirtual().start(() -> endAfter(limit(), all));
        List<Ended> received = receiving.stream().map(UdpcastRoom::end).toList();
        double seconds = (System.nanoTime() - start) / 1e9;
        Ended sent = end(sending); // also when a receiver was given up: the next run has the room for itself
        limit.interrupt();
        double receivers =
                received.stream().mapToDouble(Ended::cpuSeconds).average().orElseThrow();
        return new Run(
                new MulticastBench.Sample(seconds, sent.cpuSeconds(), receivers, Double.NaN),
                Stream.concat(Stream.of(sent), received.stream())
                        .filter(each -> each.status() != 0)
                        .map(Ended::words)
                        .toList());
    }

    private Duration limit() {
        return Duration.ofSeconds(60 + file.toFile().length() / SLOWEST);
    }

    private static void endAfter(Duration limit, List<Process> programs) {
        try {
            Thread.sleep(limit);
            Ground.end(programs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // they ended by themselves
        }
    }

    private Process start(Host host, List<String> command) {
        List<String> whole =
                new ArrayList<>(List.of("bash", "-c", TIMED, "bash", log(host).toString()));
        whole.addAll(command);
        return ground.start(host.namespace(), host.address() + ".log", Redirect.PIPE, whole);
    }

    private Path log(Host host) {
        return ground.folder().resolve(host.address() + ".udpcast");
    }

    /** Until it has said that it asks for receivers. */
    private void waitForSender() {
        Path log = log(lan.getFirst());
        try {
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (!Files.exists(log) || !Files.readString(log).contains("control to")) {
                if (System.nanoTime() > deadline) {
                    throw new OperatorError("udp-sender does not begin", "see " + log);
                }
                Thread.sleep(5);
            }
        } catch (IOException e) {
            throw new OperatorError("cannot read " + log, String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorError("interrupted", "", e);
        }
    }

    /** @param words what its shell printed: udpcast's own last words when it failed, else the line of times last */
    private record Ended(int status, String words) {
        /** NaN when it failed. */
        double cpuSeconds() {
            return status == 0 ? ImagePeer.seconds(words.lines().toList().getLast()) : Double.NaN;
        }
    }

    private static Ended end(Process process) {
        try {
            String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return new Ended(process.waitFor(), words);
        } catch (IOException e) {
            throw new OperatorError("udpcast ended", String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorError("interrupted", "", e);
        }
    }
}
