package firstlight.lab;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A PC in QEMU, powered on at construction, off at {@link #close}. A reboot of the guest is a reboot, not an end. */
final class VirtualPc implements AutoCloseable {
    private static final PcSpec.Ovmf OVMF = new PcSpec.Ovmf(Path.of("/usr/share/OVMF"));

    private final PcSpec spec;
    private final Path folder;
    /** Not the folder of the logs: that may be deeper than a socket's path is long. */
    private final Path sockets;

    private final Process process;
    private final Instant poweredOn;
    private final FileTail console;
    private final LostTimer timer = new LostTimer();
    /** Opened when it is first wanted: QEMU makes its socket some time after its start. */
    private Optional<Qmp> qmp = Optional.empty();

    private Optional<SocketChannel> keyboard = Optional.empty();

    VirtualPc(Lan lan, PcSpec spec, Path folder, Evidence evidence) {
        this.spec = spec;
        this.folder = folder;
        this.sockets = lan.state().folder().resolve(spec.name());
        try {
            Files.createDirectories(folder);
            Files.createDirectories(sockets);
            Path log = folder.resolve("console.log");
            if (Files.exists(log)) { // of its last power-on
                Files.move(log, folder.resolve("console-before.log"), StandardCopyOption.REPLACE_EXISTING);
            }
            // The variables are the PC's own memory of its boot order: a copy per PC, new at every power-on of a new
            // PC.
            Files.copy(OVMF.variables(spec), folder.resolve("vars.fd"), StandardCopyOption.REPLACE_EXISTING);
            lan.tap(spec.tap());
            process = lan.state()
                    .started(new ProcessBuilder(Shell.inside(lan.wire(), spec.command(folder, sockets, OVMF)))
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("qemu.log").toFile())
                            .start());
        } catch (IOException failure) {
            throw new LabFailure("cannot power on " + spec.name() + ": " + failure.getMessage(), failure);
        }
        poweredOn = Instant.now();
        ConsoleText text = new ConsoleText();
        console = new FileTail(
                folder.resolve("console.log"),
                octets -> text.feed(octets).forEach(line -> {
                    timer.line(line);
                    evidence.add(new Seen.Line(Instant.now(), spec.name(), line));
                }));
    }

    PcSpec spec() {
        return spec;
    }

    Path folder() {
        return folder;
    }

    Instant poweredOn() {
        return poweredOn;
    }

    boolean isOn() {
        return process.isAlive();
    }

    /** Whether waiting for it makes sense. */
    boolean goesOn() {
        return isOn() && !timer.hopeless();
    }

    /** The emulation failed it ({@link LostTimer}), so that what it did not do says nothing of Firstlight. */
    boolean lostItsTimer() {
        return timer.hopeless();
    }

    /** Why QEMU is gone: its own last words, such as the signal that ended it. */
    String lastWords() {
        try {
            String said = Files.readString(folder.resolve("qemu.log")).strip();
            return said.isEmpty() ? "QEMU said nothing" : "QEMU said: " + said;
        } catch (IOException failure) {
            return "QEMU's log cannot be read: " + failure.getMessage();
        }
    }

    /** Waits up to 10 s for a QEMU that has just been started. */
    synchronized Qmp qmp() {
        Path socket = sockets.resolve("qmp");
        if (qmp.isEmpty()) {
            Wait.until("QEMU's control socket", 10, () -> Files.exists(socket) || !process.isAlive());
            if (!process.isAlive()) {
                throw new LabFailure("QEMU did not start; see " + folder.resolve("qemu.log"));
            }
            qmp = Optional.of(new Qmp(socket));
        }
        return qmp.get();
    }

    /** Types a line at the serial console, as a person with a null-modem cable would. */
    void type(String line) {
        try {
            // Stays open: QEMU hands on a few octets at a time, and drops the rest when its client goes.
            if (keyboard.isEmpty()) {
                SocketChannel serial = SocketChannel.open(UnixDomainSocketAddress.of(sockets.resolve("serial")));
                keyboard = Optional.of(serial);
                Thread.ofVirtual().start(() -> drain(serial));
            }
            keyboard.get().write(ByteBuffer.wrap((line + "\r").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException failure) {
            throw new LabFailure(
                    "cannot type at the serial console of " + spec.name() + ": " + failure.getMessage(), failure);
        }
    }

    /** What the PC writes there is in its log; left unread, it would stop the PC. */
    private static void drain(SocketChannel serial) {
        ByteBuffer unread = ByteBuffer.allocate(4096);
        try {
            while (serial.read(unread.clear()) >= 0) {}
        } catch (IOException closed) {
            // the PC is off
        }
    }

    /** What a BIOS PC shows now. */
    TextScreen textScreen() {
        Path memory = folder.resolve("screen.bin");
        qmp().execute(
                        "pmemsave",
                        Map.of("val", TextScreen.ADDRESS, "size", TextScreen.OCTETS, "filename", memory.toString()));
        try {
            return TextScreen.of(Files.readAllBytes(memory));
        } catch (IOException failure) {
            throw new LabFailure("cannot read the screen of " + spec.name() + ": " + failure.getMessage(), failure);
        }
    }

    /** Pulls its first disk out, which must be of a kind that can be; it stays away until the PC is switched on anew. */
    void pullDisk() {
        qmp().execute("device_del", Map.of("id", "disk"));
    }

    /** Its first disk neither answers nor fails from now on, which is what one octet a second comes to. */
    void hangDisk() {
        throttle(1);
    }

    /** What it was asked meanwhile is answered, too. */
    void answerAgain() {
        throttle(0);
    }

    /** Both ways together, as QEMU's own limits count; 0 is no limit. d0 is the first disk's drive. */
    private void throttle(int octetsPerSecond) {
        Map<String, Object> limits = new HashMap<>(Map.of("device", "d0", "bps", octetsPerSecond));
        for (String none : List.of("bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr")) {
            limits.put(none, 0);
        }
        qmp().execute("block_set_io_throttle", limits);
    }

    /** SIGKILL: what the PC had in its memory is gone, what it had handed to its disk is there. */
    void cutPower() {
        process.destroyForcibly();
        process.onExit().join();
        close();
        try { // it could not tidy up; the next QEMU is waited for by these files
            Files.deleteIfExists(sockets.resolve("qmp"));
            Files.deleteIfExists(sockets.resolve("serial"));
        } catch (IOException failure) {
            throw new LabFailure("cannot clean up " + sockets + ": " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        qmp.ifPresent(Qmp::close);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        console.close();
        keyboard.ifPresent(VirtualPc::close);
    }

    private static void close(SocketChannel serial) {
        try {
            serial.close();
        } catch (IOException failure) {
            throw new LabFailure("the serial console's socket cannot be closed: " + failure.getMessage(), failure);
        }
    }
}
