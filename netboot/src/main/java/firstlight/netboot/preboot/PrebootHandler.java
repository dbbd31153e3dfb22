package firstlight.netboot.preboot;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.Requester;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /preboot?mac=..}: facts in, an iPXE script out; {@code /preboot/menu}: and what a person typed at an entry. */
public final class PrebootHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PrebootHandler.class);

    /** A site's PCs that start at once ask within seconds of each other; what is beyond asks again after 2 s (its first script). */
    private final QuestionLimit limit = new QuestionLimit(1000, 250);

    private final AtomicBoolean told = new AtomicBoolean();
    private final Preboot preboot;

    public PrebootHandler(Preboot preboot) {
        this.preboot = preboot;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (exchange.isInIoThread()) {
            exchange.dispatch(this); // the decision may write to the database
            return;
        }
        Ipv4Address client = address(exchange.getSourceAddress().getAddress());
        if (!limit.enter(client)) {
            if (told.compareAndSet(false, true)) {
                LOG.warn(
                        "more questions than can be answered at a time, one of {}: told to ask again (told once)",
                        client);
            }
            exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE);
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "2");
            exchange.endExchange();
            return;
        }
        try {
            answer(exchange, client);
        } finally {
            limit.leave(client);
        }
    }

    private void answer(HttpServerExchange exchange, Ipv4Address client) {
        Map<String, String> parameters = new HashMap<>();
        exchange.getQueryParameters().forEach((name, values) -> parameters.put(name, values.getFirst()));
        Requester requester =
                new Requester(client, address(exchange.getDestinationAddress().getAddress()), Requester.Door.HTTP);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        // Each answer has a token of its own; no proxy may keep it.
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        boolean menu = exchange.getRequestPath().endsWith("/menu");
        exchange.getResponseSender()
                .send(menu ? preboot.menuScript(parameters, requester) : preboot.script(parameters, requester));
    }

    private static Ipv4Address address(InetAddress address) {
        return address instanceof Inet4Address four ? Ipv4Address.of(four) : Ipv4Address.ANY;
    }
}
