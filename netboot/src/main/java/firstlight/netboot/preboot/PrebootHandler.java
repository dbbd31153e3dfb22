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
import java.util.Optional;

/** {@code GET /preboot?mac=..}: facts in, an iPXE script out; {@code /preboot/menu}: and what a person typed at an entry. */
public final class PrebootHandler implements HttpHandler {
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
        Optional<String> script = preboot.questions().answer(client, () -> script(exchange, client));
        if (script.isEmpty()) {
            exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE);
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "2");
            exchange.endExchange();
            return;
        }
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        // Each answer has a token of its own; no proxy may keep it.
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        exchange.getResponseSender().send(script.get());
    }

    private String script(HttpServerExchange exchange, Ipv4Address client) {
        Map<String, String> parameters = new HashMap<>();
        exchange.getQueryParameters().forEach((name, values) -> parameters.put(name, values.getFirst()));
        Requester requester =
                new Requester(client, address(exchange.getDestinationAddress().getAddress()), Requester.Door.HTTP);
        boolean menu = exchange.getRequestPath().endsWith("/menu");
        return menu ? preboot.menuScript(parameters, requester) : preboot.script(parameters, requester);
    }

    private static Ipv4Address address(InetAddress address) {
        return address instanceof Inet4Address four ? Ipv4Address.of(four) : Ipv4Address.ANY;
    }
}
