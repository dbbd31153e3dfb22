package firstlight.server;

import firstlight.image.manifest.Manifest;
import firstlight.server.operator.OperatorError;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.BlockingReadTimeoutHandler;
import io.undertow.server.handlers.BlockingWriteTimeoutHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * The engines' door over TLS, on so many threads as images can be read and sent by at once, and people's doors, on threads of their own:
 * whatever engines do, this host's command line is answered.
 */
final class WebServer implements AutoCloseable {
    /** The longest body of all is a manifest's. */
    private static final long LARGEST_BODY = Manifest.MOST_OCTETS;
    /** Image stores block; threads are made as they are needed. */
    private static final int WORKERS = 32;

    /**
     * So long a thread waits for the other end to send or take something. A PC that lost its power says nothing more: of a room that
     * did, each would hold a thread, for minutes while it was sent to (TCP gives up) and for ever while it was heard.
     */
    private static final Duration ENGINES = Duration.ofMinutes(1);

    /** Here people pipe images through programs of theirs, which may take their time. */
    private static final Duration PEOPLE = Duration.ofMinutes(15);

    private final Undertow undertow;
    private final ExecutorService people;

    private WebServer(Undertow undertow, ExecutorService people) {
        this.undertow = undertow;
        this.people = people;
    }

    /**
     * @param engine empty keeps it closed
     * @param tls for all but loopback
     * @param api on loopback, without TLS
     * @param network the API beyond loopback; empty keeps it closed
     */
    record Doors(Optional<HttpHandler> engine, SSLContext tls, HttpHandler api, Optional<Network> network) {}

    /** @param address of this host, or 0.0.0.0 */
    record Network(String address, int port, HttpHandler handler) {}

    /**
     * All doors are open when it returns.
     *
     * @throws OperatorError that names the port which is not free
     */
    static WebServer start(int enginePort, int apiPort, Doors doors) {
        refuseTaken(enginePort, apiPort, doors);
        ExecutorService people = Executors.newVirtualThreadPerTaskExecutor();
        Undertow.Builder builder = Undertow.builder()
                .setIoThreads(2)
                .setWorkerThreads(WORKERS)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, LARGEST_BODY)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 30_000)
                .addHttpListener(apiPort, "127.0.0.1", apart(patient(doors.api, PEOPLE), people));
        doors.engine.ifPresent(
                engine -> builder.addHttpsListener(enginePort, "0.0.0.0", doors.tls, patient(engine, ENGINES)));
        doors.network.ifPresent(network -> builder.addHttpsListener(
                network.port, network.address, doors.tls, apart(patient(network.handler, PEOPLE), people)));
        Undertow undertow = builder.build();
        undertow.start();
        return new WebServer(undertow, people);
    }

    /** {@code handler}, which may block, on the threads of {@code executor} and not on the web server's few. */
    static HttpHandler apart(HttpHandler handler, Executor executor) {
        return exchange -> exchange.dispatch(executor, handler);
    }

    /** Threads of {@code handler} that wait for the other end for so long get an exception, and the connection ends. */
    static HttpHandler patient(HttpHandler handler, Duration patience) {
        HttpHandler hearing = BlockingReadTimeoutHandler.builder()
                .readTimeout(patience)
                .nextHandler(handler)
                .build();
        return BlockingWriteTimeoutHandler.builder()
                .writeTimeout(patience)
                .nextHandler(hearing)
                .build();
    }

    /**
     * Asked before: an Undertow of which one port of several cannot be opened hangs, now and then, when it is stopped (XNIO 3.8). All are
     * held until each was asked for: two of them may be one and the same.
     */
    private static void refuseTaken(int enginePort, int apiPort, Doors doors) {
        Optional<Network> network = doors.network;
        try (ServerSocket _ = doors.engine.isEmpty()
                        ? new ServerSocket()
                        : free("0.0.0.0", enginePort, "imaging engines", "ports.engine");
                ServerSocket _ = free("127.0.0.1", apiPort, "this host's command line", "ports.api")) {
            if (network.isPresent()) {
                free(network.get().address, network.get().port, "the API on the network", "api.port")
                        .close();
            }
        } catch (IOException e) {
            throw new OperatorError("TCP ports cannot be closed: " + e.getMessage(), "start the server again", e);
        }
    }

    private static ServerSocket free(String address, int port, String whose, String key) throws IOException {
        ServerSocket probe = new ServerSocket();
        try {
            probe.setReuseAddress(true); // connections of a server that ran before are in nobody's way
            probe.bind(new InetSocketAddress(address, port));
            return probe;
        } catch (IOException e) {
            probe.close();
            if (!isOfThisHost(address)) {
                throw new OperatorError(
                        "TCP port " + port + " (" + whose + ") cannot be opened: this host has no address " + address,
                        "see `ip address`; a host that is starting may get it yet, and the unit in docs/examples tries again",
                        e);
            }
            throw new OperatorError(
                    "TCP port " + port + " on " + address + " (" + whose + ") cannot be opened: " + e.getMessage(),
                    "if another program has it (see `ss -ltnp`), stop it; if another of this server's doors has it too, or to"
                            + " leave it to that program, choose another port (" + key + " in the configuration)",
                    e);
        }
    }

    private static boolean isOfThisHost(String address) throws IOException {
        InetAddress read = InetAddress.getByName(address);
        return read.isAnyLocalAddress() || read.isLoopbackAddress() || NetworkInterface.getByInetAddress(read) != null;
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
        people.shutdownNow();
    }
}
