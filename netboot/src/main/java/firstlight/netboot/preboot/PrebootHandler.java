package firstlight.netboot.preboot;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.Requester;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

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
        Map<String, String> parameters = new HashMap<>();
        exchange.getQueryParameters().forEach((name, values) -> parameters.put(name, values.getFirst()));
        Requester requester = new Requester(
                address(exchange.getSourceAddress().getAddress()),
                address(exchange.getDestinationAddress().getAddress()),
                Requester.Door.HTTP);
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
