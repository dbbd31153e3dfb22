package firstlight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.server.operator.OperatorError;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the network does is told as the server's, never as the file's that is sent or written. */
class ApiClientTest {
    private static ApiClient client(String url) {
        return new ApiClient(new Target(url, "secret", ""));
    }

    /** Answers one request with {@code text} and hangs up. */
    private static ServerSocket answering(String text) throws IOException {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            try (Socket asked = socket.accept();
                    BufferedReader lines = new BufferedReader(
                            new InputStreamReader(asked.getInputStream(), StandardCharsets.US_ASCII));
                    OutputStream out = asked.getOutputStream()) {
                String line = lines.readLine();
                while (line != null && !line.isEmpty() && !line.startsWith("\u0016")) { // TLS' first octet
                    line = lines.readLine();
                }
                out.write(text.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return socket;
    }

    private static String url(ServerSocket socket) {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    @Test
    void aHostThatDoesNotExistIsNamed(@TempDir Path folder) throws IOException {
        ApiClient client = client("https://nosuch.invalid:8444");
        Path file = Files.writeString(folder.resolve("file"), "content");
        assertThatThrownBy(() -> client.get("devices"))
                .isInstanceOf(OperatorError.class)
                .hasMessage("there is no host 'nosuch.invalid'");
        assertThatThrownBy(() -> client.download("images/x/export", new ByteArrayOutputStream()))
                .isInstanceOf(OperatorError.class)
                .hasMessage("there is no host 'nosuch.invalid'");
        assertThatThrownBy(() -> client.upload("image-import", file, _ -> {}))
                .isInstanceOf(OperatorError.class)
                .hasMessage("there is no host 'nosuch.invalid'");
    }

    /** The kernel tries for two minutes. */
    @Test
    void aHostThatDoesNotAnswerIsNotWaitedForAsLongAsTheKernelTries() {
        assertThat(client("http://127.0.0.1:1").open("GET", "devices").getConnectTimeout())
                .isPositive()
                .isLessThan(30_000);
    }

    @Test
    void aServerThatHangsUpInTheMiddleIsToldAsThat() throws IOException {
        try (ServerSocket server = answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")) {
            assertThatThrownBy(() -> client(url(server)).download("images/x/export", new ByteArrayOutputStream()))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageStartingWith("the server at " + url(server) + " broke off");
        }
    }

    @Test
    void aPageOfSomebodyElseIsNoFirstlight() throws IOException {
        try (ServerSocket server = answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")) {
            assertThatThrownBy(() -> client(url(server)).get("devices"))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageStartingWith("this is no Firstlight server");
        }
    }

    @Test
    void aPortWithoutTlsIsTold() throws IOException {
        try (ServerSocket server = answering("HTTP/1.1 400 Bad Request\r\n\r\n")) {
            String url = "https://127.0.0.1:" + server.getLocalPort();
            assertThatThrownBy(() -> client(url).get("devices"))
                    .isInstanceOf(OperatorError.class)
                    .hasMessage(url + " does not speak HTTPS");
        }
    }

    @Test
    void aBlankInTheUrlIsNoStackTrace() {
        assertThatThrownBy(() -> client("https://a b").get("devices"))
                .isInstanceOfSatisfying(
                        OperatorError.class,
                        error -> assertThat(error.text()).contains("'https://a b' is no server's URL"));
    }
}
