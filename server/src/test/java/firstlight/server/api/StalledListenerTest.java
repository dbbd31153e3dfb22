package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Database;
import io.undertow.Undertow;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener that takes nothing any more: a suspended program, a laptop that sleeps. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read from a socket is not to be interrupted
class StalledListenerTest {
    @TempDir
    private Path directory;

    @Test
    void whoTakesNothingIsCutOffAndGoesOnLaterWhereHeWas() throws Exception {
        List<Long> many = LongStream.range(1_000_000, 1_100_000).boxed().toList(); // 800 KB of numbers
        try (Database database = Database.open(directory, Instant.EPOCH);
                EventStream stream = new EventStream(database.journal(), _ -> Json.object())) {
            Undertow web = Undertow.builder()
                    .addHttpListener(0, "127.0.0.1", exchange -> stream.open(exchange, () -> true))
                    .build();
            web.start();
            int port = ((InetSocketAddress) web.getListenerInfo().getFirst().getAddress()).getPort();
            try (Socket stalled = new Socket(InetAddress.getLoopbackAddress(), port)) {
                stalled.setSoTimeout(20_000);
                stalled.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                InputStream in = stalled.getInputStream();
                assertThat(in.read()).isEqualTo('H'); // it listens
                while (stream.listening() == 0) {
                    Thread.onSpinWait();
                }
                while (stream.listening() > 0) {
                    stream.changed("device", many); // more than sockets hold comes to nothing but memory
                }
                assertThat(isCut(in)).isTrue();
            } finally {
                web.stop();
            }
        }
    }

    private static boolean isCut(InputStream in) {
        try {
            return in.readAllBytes().length > 0;
        } catch (IOException reset) {
            return !(reset instanceof SocketTimeoutException);
        }
    }
}
