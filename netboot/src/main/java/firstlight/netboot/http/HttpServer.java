package firstlight.netboot.http;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.BootFiles;
import firstlight.sockets.ShortSlices;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.PathHandler;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Serves the boot files by HTTP until it is closed. Requests run on virtual threads; two event loops wait for them. */
public final class HttpServer implements AutoCloseable {
    private final Undertow undertow;
    private final ExecutorService requests;

    private HttpServer(Undertow undertow, ExecutorService requests) {
        this.undertow = undertow;
        this.requests = requests;
    }

    /**
     * @param address 0.0.0.0 for every address of the machine
     * @param port 0 for any free one
     * @param routes by path, {@code /preboot} for example; everything else is a boot file. Their handlers may block.
     * @param reports told of each boot file's end by the thread that sent it
     * @throws HttpFailure when the port is busy or not allowed
     */
    public static HttpServer start(
            Ipv4Address address,
            int port,
            BootFiles files,
            Map<String, HttpHandler> routes,
            Consumer<HttpReport> reports)
            throws HttpFailure {
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        PathHandler paths = new PathHandler(new BootFileHandler(files, reports));
        routes.forEach(paths::addExactPath);
        // Of each event loop that takes a request: what it does at a time is short, and all its clients wait for it.
        ThreadLocal<Boolean> shortSlices = ThreadLocal.withInitial(ShortSlices::take);
        HttpHandler onVirtualThread = exchange -> {
            boolean _ = shortSlices.get();
            exchange.dispatch(requests, blocking -> {
                blocking.startBlocking();
                paths.handleRequest(blocking);
            });
        };
        Undertow undertow = Undertow.builder()
                .addHttpListener(port, address.toString(), onVirtualThread)
                .setIoThreads(2)
                .setWorkerThreads(4)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                // A firmware that lost its power never closes its connection.
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 120_000)
                // The first octet of a request ends that time.
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 30_000)
                // No firmware sends more; each octet costs the event loop that all share.
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 16 * 1024)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 64L * 1024)
                // Firmware asks for \Boot\BCD, and for names beyond ASCII, as they were written for it.
                .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .build();
        try {
            undertow.start();
        } catch (RuntimeException e) {
            requests.close();
            throw new HttpFailure(address.toString(), port, e.getCause() == null ? e : e.getCause());
        }
        return new HttpServer(undertow, requests);
    }

    /** The port that takes requests. */
    public int port() {
        return ((InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress()).getPort();
    }

    @Override
    public void close() {
        undertow.stop();
        requests.shutdownNow();
    }
}
