package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** tcpdump on the LAN's bridge: everything goes to a file, what matters goes to the {@link Evidence} as it happens. */
final class PacketCapture implements AutoCloseable {
    /**
     * Image data is encrypted and by the gigabyte: of the engine's port only the beginnings and ends of connections are kept.
     * Everything else is kept, cut after its headers. In a filter "and" and "or" bind alike: hence the parentheses.
     */
    private static final String FILTER = "(not tcp port 8443) or (tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0)";

    private final Path file;
    private final Process process;
    private final FileTail tail;

    PacketCapture(Lan lan, Path file, Evidence evidence) {
        this.file = file;
        PcapStream stream = new PcapStream();
        try {
            Files.deleteIfExists(file);
            Path log = file.resolveSibling("tcpdump.log");
            this.process = lan.state()
                    .started(new ProcessBuilder(Shell.inside(lan.wire(), command(file)))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start());
            Wait.until(
                    "tcpdump to listen",
                    10,
                    () -> Files.exists(log) && Files.readString(log).contains("listening on"));
        } catch (IOException failure) {
            throw new LabFailure("cannot start tcpdump: " + failure.getMessage(), failure);
        }
        this.tail = new FileTail(
                file,
                octets -> stream.feed(octets)
                        .forEach(frame -> evidence.add(PacketReader.read(frame.at(), frame.frame()))));
    }

    private static List<String> command(Path file) {
        return List.of(
                "tcpdump",
                "-i",
                Lan.BRIDGE,
                "-n",
                "-U",
                "-Z",
                "root",
                "-B",
                "16384",
                "-s",
                "800",
                "-w",
                file.toString(),
                FILTER);
    }

    Path file() {
        return file;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        tail.close();
    }
}
