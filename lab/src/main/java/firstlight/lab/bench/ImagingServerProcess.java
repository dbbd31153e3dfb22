package firstlight.lab.bench;

import firstlight.engine.ServerLink;
import firstlight.server.operator.OperatorError;
import firstlight.wire.work.WorkOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** An {@link ImagingServer} in a process of its own, that can be killed and started anew at the same port. */
final class ImagingServerProcess implements AutoCloseable {
    private final Path folder;
    private Process process;
    private BufferedReader answers;
    /** 0 until the first start chose one; each later start takes the same, since engines know it. */
    private int port;
    /** Given to each new process, whose clock must not go back. */
    private int starts;

    private final String pin;

    ImagingServerProcess(Path folder) throws IOException {
        this.folder = folder;
        this.process = start();
        this.answers = reader(process);
        String[] said = said().split(" ", 2);
        this.port = Integer.parseInt(said[0]);
        this.pin = said[1];
    }

    private Process start() throws IOException {
        return new ProcessBuilder(Jvm.command(
                        ImagingServer.class, folder.toString(), String.valueOf(port), String.valueOf(starts)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** The next line that the server says; waits for it. A server that has ended ends the benchmark. */
    private String said() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new OperatorError("the imaging server ended", "its message is above");
        }
        return line;
    }

    /**
     * The PC starts: a new transaction, and its hello.
     *
     * @param line what is assigned before, see {@link ImagingServer}
     * @param log hears that the server does not answer
     */
    Booted boot(String line, Consumer<String> log) throws IOException {
        return boot(line, port, log);
    }

    /** The same by another port that leads to the server's: a test puts something that breaks connections between. */
    Booted boot(String line, int by, Consumer<String> log) throws IOException {
        String token = tell(line);
        starts++;
        ServerLink link = ServerLink.to(URI.create("https://127.0.0.1:" + by), token, pin, log);
        return new Booted(link, link.hello(ImagingServer.PC));
    }

    int port() {
        return port;
    }

    /** An engine with its order, before it has done any of it. */
    record Booted(ServerLink link, WorkOrder order) {}

    /** Takes all images away. */
    void forget() throws IOException {
        tell("forget");
    }

    private String tell(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        in.flush();
        return said();
    }

    /** What the server has used so far. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
    }

    /** As if the machine had lost its power, but for what the kernel has taken already. */
    void kill() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }

    void startAgain() throws IOException {
        process = start();
        answers = reader(process);
        if (Integer.parseInt(said().split(" ", 2)[0]) != port) {
            throw new IOException("it came back at another port");
        }
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close(); // it ends by itself
        try {
            process.waitFor();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
