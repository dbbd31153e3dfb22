package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import firstlight.server.configuration.Configuration;
import firstlight.server.configuration.ConfigurationFile;
import firstlight.server.configuration.DataDirectory;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTest {
    @TempDir
    private Path directory;

    /** What stands at the ports already: a server that opened one would say that it is taken. */
    @Test
    void whoLooksAtAnOlderDatabaseOpensNoDoorToPcs() throws IOException {
        try (ServerSocket http = new ServerSocket(0);
                ServerSocket engine = new ServerSocket(0);
                DatagramSocket dhcp = new DatagramSocket();
                DatagramSocket proxy = new DatagramSocket();
                DatagramSocket tftp = new DatagramSocket()) {
            int api;
            try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                api = any.getLocalPort();
            }
            Configuration configuration = Configuration.USUAL.withPorts(new Configuration.Ports(
                    dhcp.getLocalPort(),
                    proxy.getLocalPort(),
                    tftp.getLocalPort(),
                    http.getLocalPort(),
                    engine.getLocalPort(),
                    api));
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            try (Server server = Server.start(configuration, new DataDirectory(directory), true)) {
                assertThat(server.listeners())
                        .extracting(Server.Listener::where)
                        .containsExactly("127.0.0.1 TCP " + api);
                Set<Thread> begun = new HashSet<>(Thread.getAllStackTraces().keySet());
                begun.removeAll(before);
                assertThat(begun)
                        .as("an older database does not know what is in use: no image expires by itself")
                        .extracting(Thread::getName)
                        .doesNotContain("night-watch");
                assertThatCode(() -> new DataDirectory(directory).api()).doesNotThrowAnyException();
            }
        }
    }

    /** Who signs in from elsewhere compares it, also after a backup was put back, when it may be another one. */
    @Test
    void theDoorOfTheApiToTheNetworkSaysItsPin() throws Exception {
        int[] free = new int[2];
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free[0] = one.getLocalPort();
            free[1] = two.getLocalPort();
        }
        Path file = Files.writeString(
                directory.resolve("firstlight.yaml"),
                "ports: {api: " + free[0] + "}\napi: {listen: 127.0.0.1, port: " + free[1] + "}\n");
        try (Server server =
                Server.start(ConfigurationFile.read(file), new DataDirectory(directory.resolve("data")), true)) {
            assertThat(server.listeners())
                    .filteredOn(listener -> listener.where().endsWith(" TCP " + free[1]))
                    .extracting(Server.Listener::what)
                    .singleElement()
                    .asString()
                    .matches("API for signed-in users \\(HTTPS, pin [0-9a-f]{64}\\)");
        }
    }
}
