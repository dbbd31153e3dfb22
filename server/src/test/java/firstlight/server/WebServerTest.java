package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.server.operator.OperatorError;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.StatusCodes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class WebServerTest {
    private static WebServer.Doors doors() throws NoSuchAlgorithmException {
        return new WebServer.Doors(
                Optional.of(exchange -> exchange.setStatusCode(StatusCodes.NO_CONTENT)),
                SSLContext.getDefault(),
                exchange -> exchange.setStatusCode(StatusCodes.NO_CONTENT),
                Optional.empty());
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    @Test
    void thePortThatIsTakenIsNamedWithItsKeyWhicheverItIs() throws Exception {
        int free = freePort();
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int taken = other.getLocalPort();
            assertThatThrownBy(() -> WebServer.start(free, taken, doors()))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("TCP port " + taken + " on 127.0.0.1 (this host's command line)")
                    .satisfies(
                            error -> assertThat(((OperatorError) error).cure()).contains("ss -ltnp", "ports.api"));
            assertThatThrownBy(() -> WebServer.start(taken, free, doors()))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("TCP port " + taken + " on 0.0.0.0 (imaging engines)");
        }
    }

    @Test
    void anAddressThatThisHostHasNotIsToldAsThatNotAsAPortThatIsTaken() throws Exception {
        WebServer.Doors open = doors();
        WebServer.Doors doors = new WebServer.Doors(
                open.engine(),
                open.tls(),
                open.api(),
                Optional.of(new WebServer.Network("198.51.100.7", freePort(), open.api())));
        assertThatThrownBy(() -> WebServer.start(freePort(), freePort(), doors))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("this host has no address 198.51.100.7")
                .satisfies(error -> assertThat(((OperatorError) error).cure())
                        .contains("ip address")
                        .doesNotContain("ss -ltnp"));
    }

    @Test
    void onePortForTwoDoorsIsToldAsOneThatIsTaken() throws Exception {
        int engines = freePort();
        WebServer.Doors open = doors();
        WebServer.Doors doors = new WebServer.Doors(
                open.engine(),
                open.tls(),
                open.api(),
                Optional.of(new WebServer.Network("0.0.0.0", engines, open.api())));
        assertThatThrownBy(() -> WebServer.start(engines, freePort(), doors))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("TCP port " + engines + " on 0.0.0.0 (the API on the network)")
                .satisfies(error -> assertThat(((OperatorError) error).cure())
                        .contains("another of this server's doors", "api.port"));
        assertThatThrownBy(() -> WebServer.start(engines, engines, doors()))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("(this host's command line)");
    }

    @Test
    void bothPortsTakeConnectionsUntilItIsClosed() throws Exception {
        int engines = freePort();
        int api = freePort();
        WebServer server = WebServer.start(engines, api, doors());
        new Socket(InetAddress.getLoopbackAddress(), engines).close();
        new Socket(InetAddress.getLoopbackAddress(), api).close();
        server.close();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), api))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aPcThatLostItsPowerInTheMiddleOfARequestHoldsNoThreadForEver() throws Exception {
        CompletableFuture<IOException> ended = new CompletableFuture<>();
        HttpHandler reading = blocking(exchange -> exchange.getInputStream().readAllBytes(), ended);
        try (Door door = new Door(reading);
                Socket pc = door.connect()) {
            pc.getOutputStream()
                    .write("POST /engine/chunks/put HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(ended).succeedsWithin(Duration.ofSeconds(20)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aPcThatTakesNothingMoreOfItsAnswerHoldsNoThreadForEver() throws Exception {
        CompletableFuture<IOException> ended = new CompletableFuture<>();
        byte[] chunks = new byte[1 << 20];
        HttpHandler writing = blocking(
                exchange -> {
                    while (true) {
                        exchange.getOutputStream().write(chunks);
                    }
                },
                ended);
        try (Door door = new Door(writing);
                Socket pc = door.connect()) {
            pc.getOutputStream()
                    .write("GET /engine/chunks HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(ended).succeedsWithin(Duration.ofSeconds(20)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void theCommandLineIsAnsweredWhileEnginesHoldAllThreads() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        HttpHandler engines = new BlockingHandler(_ -> {
            held.countDown();
            over.await();
        });
        HttpHandler api = new BlockingHandler(exchange -> exchange.setStatusCode(StatusCodes.NO_CONTENT));
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor();
                Door door = new Door(exchange -> (exchange.getRequestPath().equals("/engine")
                                ? engines
                                : WebServer.apart(api, people))
                        .handleRequest(exchange));
                Socket pc = door.connect();
                Socket person = door.connect()) {
            pc.getOutputStream().write("GET /engine HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            held.await();
            person.getOutputStream().write("GET /api HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            person.setSoTimeout(20_000);
            assertThat(new BufferedReader(new InputStreamReader(person.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine())
                    .isEqualTo("HTTP/1.1 204 No Content");
            over.countDown();
        }
    }

    private interface Conversation {
        void with(HttpServerExchange exchange) throws IOException;
    }

    private static HttpHandler blocking(Conversation conversation, CompletableFuture<IOException> ended) {
        return new BlockingHandler(exchange -> {
            try {
                conversation.with(exchange);
            } catch (IOException e) {
                ended.complete(e);
            }
        });
    }

    /** One door with one thread, whose patience is a fifth of a second. */
    private static final class Door implements AutoCloseable {
        private final Undertow undertow;

        Door(HttpHandler handler) {
            undertow = Undertow.builder()
                    .setIoThreads(1)
                    .setWorkerThreads(1)
                    .addHttpListener(0, "127.0.0.1", WebServer.patient(handler, Duration.ofMillis(200)))
                    .build();
            undertow.start();
        }

        Socket connect() throws IOException {
            InetSocketAddress at =
                    (InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress();
            return new Socket(at.getAddress(), at.getPort());
        }

        @Override
        public void close() {
            undertow.stop();
        }
    }
}
