package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class WebServerTest {
    private static WebServer.Doors doors() throws NoSuchAlgorithmException {
        return new WebServer.Doors(
                exchange -> exchange.setStatusCode(StatusCodes.NO_CONTENT),
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
}
