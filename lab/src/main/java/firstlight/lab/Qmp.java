package firstlight.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** QEMU's machine protocol: one JSON object a line. */
final class Qmp implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SocketChannel channel;
    private final BufferedReader answers;

    /** QEMU greets, and takes commands when it was asked for its capabilities. One client at a time has the socket. */
    Qmp(Path socket) {
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            answers =
                    new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
            String greeting = answers.readLine();
            if (greeting == null) {
                throw new LabFailure("QEMU closed its control socket at once");
            }
            execute("qmp_capabilities", Map.of());
        } catch (IOException failure) {
            throw new LabFailure("cannot control QEMU through " + socket + ": " + failure.getMessage(), failure);
        }
    }

    /**
     * Waits for QEMU's answer; a refusal is a {@link LabFailure} with QEMU's words. For one thread at a time.
     *
     * @return what stands behind {@code return}
     */
    JsonNode execute(String command, Map<String, ?> arguments) {
        try {
            byte[] line = JSON.writeValueAsBytes(Map.of("execute", command, "arguments", arguments));
            channel.write(ByteBuffer.wrap(line));
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
            for (String answer = answers.readLine(); answer != null; answer = answers.readLine()) {
                JsonNode node = JSON.readTree(answer);
                if (node.has("error")) {
                    throw new LabFailure(
                            "QEMU refused " + command + ": " + node.get("error").get("desc"));
                }
                if (node.has("return")) {
                    return node.get("return");
                }
                // anything else is an event, which the lab does not need
            }
            throw new LabFailure("QEMU ended while it was asked to " + command);
        } catch (IOException failure) {
            throw new LabFailure("QEMU did not take " + command + ": " + failure.getMessage(), failure);
        }
    }

    /** A picture of the screen, as PNG. */
    void screenshot(Path png) {
        execute("screendump", Map.of("filename", png.toAbsolutePath().toString(), "format", "png"));
    }

    /** Presses a key; {@code key} is QEMU's name of it, such as {@code f8} or {@code ret}. */
    void press(String key) {
        execute("human-monitor-command", Map.of("command-line", "sendkey " + key));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // the socket is gone with QEMU
        }
    }
}
