package firstlight.server;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
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

    /** @throws OperatorError that names the port which is not free */
    static WebServer start(int enginePort, int apiPort, Doors doors) {
        // Asked before: an Undertow of which one port of several cannot be opened hangs, now and then, when it is
        // stopped (XNIO 3.8).
        free("0.0.0.0", enginePort, "imaging engines", "ports.engine");
        free("127.0.0.1", apiPort, "this host's command line", "ports.api");
        doors.network.ifPresent(network -> free(network.address, network.port, "the API on the network", "api.port"));
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
        undertow.start();
        return new WebServer(undertow);
    }

    private static void free(String address, int port, String whose, String key) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true); // connections of a server that ran before are in nobody's way
            probe.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw new OperatorError(
                    "TCP port " + port + " on " + address + " (" + whose + ") cannot be opened: " + e.getMessage(),
                    "if another program has it (see `ss -ltnp`), stop it, or choose another port (" + key
                            + " in the configuration)",
                    e);
        }
    }

    /** Returns though the stop should hang (see above): nothing waits for it but the end of the process. */
    @Override
    public void close() {
        Thread stop = Thread.ofPlatform().daemon().name("web-stop").start(undertow::stop);
        try {
            stop.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
