package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * tcpdump on the LAN's bridge: everything goes to a file, what matters goes to the {@link Evidence} as it happens.
 *
 * <p>Debian's AppArmor profile of tcpdump denies it the hidden folders of a home, where the logs are, also as a file that it was started
 * with: so it writes into a pipe, and what it says to the run's own folder.
 */
final class PacketCapture implements AutoCloseable {
    /**
     * Image data is encrypted and by the gigabyte: of the engine's port only the beginnings and ends of connections are kept.
     * Everything else is kept, cut after its headers. In a filter "and" and "or" bind alike: hence the parentheses.
     */
    private static final String FILTER = "(not tcp port 8443) or (tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0)";

    private static final List<String> TCPDUMP = List.of(
            "tcpdump", "-i", Lan.BRIDGE, "-n", "-U", "-Z", "root", "-B", "16384", "-s", "800", "-w", "-", FILTER);

    private static final Pattern DROPPED = Pattern.compile("(\\d+) packets? dropped by kernel");

    private final Path file;
    private final Path log;
    private final List<Process> pipe;
    private final FileTail tail;

    PacketCapture(Lan lan, Path file, Evidence evidence) {
        this.file = file;
        this.log = lan.state().folder().resolve("tcpdump.log");
        PcapStream stream = new PcapStream();
        try {
            Files.deleteIfExists(file);
            this.pipe = ProcessBuilder.startPipeline(List.of(
                    new ProcessBuilder(Shell.inside(lan.wire(), TCPDUMP)).redirectError(words(log)),
                    new ProcessBuilder(Shell.apart(List.of("cat")))
                            .redirectOutput(file.toFile())
                            .redirectError(words(log))));
            pipe.forEach(lan.state()::started);
            Wait.until("tcpdump to listen", 10, () -> {
                runs();
                return said().contains("listening on");
            });
        } catch (IOException failure) {
            throw new LabFailure("cannot start tcpdump: " + failure.getMessage(), failure);
        }
        this.tail = new FileTail(
                file,
                octets -> stream.feed(octets)
                        .forEach(frame -> evidence.add(PacketReader.read(frame.at(), frame.frame()))));
    }

    private static ProcessBuilder.Redirect words(Path log) {
        return ProcessBuilder.Redirect.appendTo(log.toFile());
    }

    private void runs() {
        if (!pipe.stream().allMatch(Process::isAlive)) {
            throw new LabFailure("the packet capture ended before its time: " + said());
        }
    }

    private String said() {
        try {
            return Files.readString(log).strip();
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + log + ": " + failure.getMessage(), failure);
        }
    }

    /** @throws LabFailure where packets may have crossed the LAN that are in no evidence: that something was not seen says nothing then */
    void stillSees() {
        runs();
        tail.failure().ifPresent(why -> {
            throw new LabFailure("the packet capture is not followed any more: " + why);
        });
    }

    /** How many packets tcpdump was too slow for: it says so at its end. */
    long dropped() {
        Matcher matcher = DROPPED.matcher(said());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    Path file() {
        return file;
    }

    @Override
    public void close() {
        pipe.getFirst().destroy();
        pipe.forEach(process -> process.onExit().join());
        tail.close();
    }
}
