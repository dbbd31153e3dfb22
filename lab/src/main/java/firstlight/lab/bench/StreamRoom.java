package firstlight.lab.bench;

import firstlight.server.operator.OperatorError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Our side of a room: a sender and its receivers, warm for all runs. */
final class StreamRoom {
    private final Path folder;
    private final End sender;
    private final List<End> receivers = new ArrayList<>();

    /** A process and its answers. */
    private record End(Subject subject, BufferedReader answers) {}

    StreamRoom(Ground ground, List<Host> lan, Path file) {
        folder = ground.folder();
        sender = end(ground, lan.getFirst(), "sender", "send", lan.getFirst().address(), file.toString());
        for (Host host : lan.subList(1, lan.size())) {
            receivers.add(end(ground, host, "receiver", "receive"));
        }
    }

    private static End end(Ground ground, Host host, String name, String... arguments) {
        Process process = ground.start(
                host.namespace(), host.address() + ".log", Redirect.PIPE, Jvm.command(StreamEnd.class, arguments));
        var answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        return new End(new Subject(name, host, process), answers);
    }

    /** Sends the file to all; ends when the last receiver has all of it. */
    MulticastBench.Sample run(long octets) {
        double senderBefore = sender.subject().cpuSeconds();
        double receiversBefore = receiversCpu();
        tell(sender, String.valueOf(receivers.size()));
        List<String> tickets = receivers.stream().map(_ -> heard(sender)).toList();
        // Tickets are drawn before: the time begins when the receivers are handed them.
        long start = System.nanoTime();
        for (int i = 0; i < receivers.size(); i++) {
            tell(receivers.get(i), tickets.get(i));
        }
        for (End receiver : receivers) {
            String said = heard(receiver);
            if (!said.startsWith(octets / StreamEnd.FRAME + " ")) {
                throw new OperatorError("a receiver has not got all blocks: " + said, "see docs/protocol/multicast.md");
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        tell(sender, "end");
        String[] sent = heard(sender).split(" ", -1);
        double needed = octets / (double) StreamEnd.FRAME * MulticastBench.symbols();
        return new MulticastBench.Sample(
                seconds,
                sender.subject().cpuSeconds() - senderBefore,
                (receiversCpu() - receiversBefore) / receivers.size(),
                Long.parseLong(sent[0]) / needed);
    }

    private double receiversCpu() {
        return receivers.stream().mapToDouble(end -> end.subject().cpuSeconds()).sum();
    }

    private void tell(End end, String line) {
        try {
            OutputStream in = end.subject().process().getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            in.flush();
        } catch (IOException e) {
            throw ended(end, e);
        }
    }

    private String heard(End end) {
        try {
            String line = end.answers().readLine();
            if (line == null) {
                throw new IOException("no answer");
            }
            return line;
        } catch (IOException e) {
            throw ended(end, e);
        }
    }

    private OperatorError ended(End end, IOException why) {
        Path log = folder.resolve(end.subject().host().address() + ".log");
        try {
            return new OperatorError("our " + end.subject().name() + " ended", Files.readString(log), why);
        } catch (IOException none) {
            return new OperatorError("our " + end.subject().name() + " ended", "it left no log", why);
        }
    }
}
