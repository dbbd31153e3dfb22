package firstlight.server;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.net.BindException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Two doors on one set of threads: the engines' over TLS, this host's command line's on loopback. */
final class WebServer implements AutoCloseable {
    private static final long LARGEST_BODY = 256L << 20;
    /** Image stores block; threads are made as they are needed. */
    private static final int WORKERS = 32;

    private final Undertow undertow;

    private WebServer(Undertow undertow) {
        this.undertow = undertow;
    }

    /** @param network the API beyond loopback; empty keeps it closed */
    record Doors(HttpHandler engine, SSLContext tls, HttpHandler api, Optional<Network> network) {}

    record Network(String address, int port, HttpHandler handler) {}

    static WebServer start(int enginePort, int apiPort, Doors doors) {
        Undertow.Builder builder = Undertow.builder()
                .setIoThreads(2)
                .setWorkerThreads(WORKERS)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, LARGEST_BODY)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .addHttpsListener(enginePort, "0.0.0.0", doors.tls, doors.engine)
                .addHttpListener(apiPort, "127.0.0.1", doors.api);
        doors.network.ifPresent(
                network -> builder.addHttpsListener(network.port, network.address, doors.tls, network.handler));
        Undertow undertow = builder.build();
        try {
            undertow.start();
        } catch (RuntimeException e) {
            undertow.stop();
            if (e.getCause() instanceof BindException) {
                throw new OperatorError(
                        "one of the TCP ports " + enginePort + " (engines), " + apiPort
                                + " (this host's command line)"
                                + doors.network
                                        .map(network -> " and " + network.port + " (API on " + network.address + ")")
                                        .orElse("")
                                + " cannot be opened: "
                                + e.getCause().getMessage(),
                        "another program has it (see `ss -ltnp`): stop it, or choose other ports (ports: in the configuration)",
                        e);
            }
            throw e;
        }
        return new WebServer(undertow);
    }

    @Override
    public void close() {
        undertow.stop();
    }
}
