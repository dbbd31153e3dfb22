package firstlight.server.sites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpsPeerTest {
    @Test
    void aHostWithoutAnAddressIsSaidToHaveNone() {
        IOException unknown = new IOException(new UnknownHostException("main.school"));
        assertThat(HttpsPeer.reason(unknown)).isEqualTo("no address is known here for 'main.school'");
        assertThat(HttpsPeer.reason(new ConnectException("Connection refused"))).isEqualTo("Connection refused");
    }

    /** Whoever has that server's address could fill this one's memory. */
    @Test
    void anAnswerWithoutAnEndIsNotReadToItsEnd() throws IOException {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/api/images", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write("{\"items\": []}".getBytes(StandardCharsets.US_ASCII));
                byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
                for (int i = 0; i < 64; i++) {
                    out.write(blanks);
                }
            }
        });
        other.start();
        try {
            URI url = URI.create("http://127.0.0.1:" + other.getAddress().getPort());
            HttpsPeer peer = new HttpsPeer(
                    new PeerSettings("main", url, "", "token", List.of(), Hours.ALWAYS, 0, true), Pace.of(0));
            assertThatThrownBy(peer::versions)
                    .isInstanceOf(PeerFailure.class)
                    .hasMessageContaining("more than 67108864");
        } finally {
            other.stop(0);
        }
    }
}
