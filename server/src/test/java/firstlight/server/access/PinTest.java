package firstlight.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.server.operator.OperatorError;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PinTest {
    /** Java's URI has no host there, and Java's sockets take none for this host. */
    @Test
    void theCertificateOfAHostWithAnUnderscoreIsNotThisHosts() throws Exception {
        String host = "first_" + "x".repeat(70); // longer than a label may be: nobody is asked for it
        try (ServerSocket here = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Pin.shown(URI.create("https://" + host + ":" + here.getLocalPort())))
                    .isInstanceOf(OperatorError.class)
                    .hasCauseInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void oneThatTakesTheConnectionAndSaysNothingIsNotWaitedForForEver() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("https://127.0.0.1:" + silent.getLocalPort());
            assertThatThrownBy(() -> Pin.shown(url, Duration.ofMillis(1)))
                    .isInstanceOf(OperatorError.class)
                    .hasCauseInstanceOf(SocketTimeoutException.class);
            assertThat(silent.isClosed()).isFalse();
        }
    }
}
