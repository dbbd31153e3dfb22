package firstlight.lab.bench;

import firstlight.server.OperatorError;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** udpcast in the same room, as imaging programs start it; its receivers throw away what they get, as ours do. */
final class UdpcastRoom {
    static final String NAME = "udpcast";

    /** The shell's times: of what it ran, in the second line. When that failed, its last words. */
    private static final String TIMED =
            "log=$1; shift; \"$@\" >\"$log\" 2>&1 || { tail -c 500 \"$log\"; exit 1; }; times";

    private final Ground ground;
    private final List<Host> lan;
    private final Path file;
    private final Path sender;
    private final Path receiver;

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

    MulticastBench.Sample run() {
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
        double receivers = 0;
        for (Process process : receiving) {
            receivers += cpuSeconds(process);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new MulticastBench.Sample(seconds, cpuSeconds(sending), receivers / receiving.size(), Double.NaN);
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

    private static double cpuSeconds(Process process) {
        try {
            String times = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (process.waitFor() != 0) {
                throw new OperatorError("udpcast failed with status " + process.exitValue(), times);
            }
            return ImagePeer.seconds(times.lines().toList().getLast());
        } catch (IOException e) {
            throw new OperatorError("udpcast ended", String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorError("interrupted", "", e);
        }
    }
}
