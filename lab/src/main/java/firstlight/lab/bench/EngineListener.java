package firstlight.lab.bench;

import firstlight.image.manifest.Manifest;
import firstlight.server.imaging.ServerCertificate;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The engines' door alone, on loopback; {@code serve} opens it beside the API's. */
final class EngineListener implements AutoCloseable {
    /** As {@code serve} has it; Undertow's own limit is less than a batch of chunks that do not compress. */
    private static final long LARGEST_BODY = Manifest.MOST_OCTETS;

    private final Undertow undertow;

    private EngineListener(Undertow undertow) {
        this.undertow = undertow;
    }

    /** @param port 0 for any */
    static EngineListener start(int port, ServerCertificate certificate, HttpHandler handler) throws IOException {
        Undertow undertow = Undertow.builder()
                // As serve has it.
                .setIoThreads(2)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, LARGEST_BODY)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .addHttpsListener(port, "127.0.0.1", certificate.sslContext(), handler)
                .build();
        undertow.start();
        return new EngineListener(undertow);
    }

    int port() {
        return ((InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress()).getPort();
    }

    @Override
    public void close() {
        undertow.stop();
    }
}
