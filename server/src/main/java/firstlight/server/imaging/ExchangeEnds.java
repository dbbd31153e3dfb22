package firstlight.server.imaging;

import firstlight.model.Ipv4Address;
import io.undertow.server.HttpServerExchange;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Between which addresses somebody and this server speak. */
public final class ExchangeEnds {
    private ExchangeEnds() {}

    /** The address of this server that the engine speaks to: a stream for it goes out by the same interface. Empty for IPv6. */
    static Optional<Ipv4Address> local(HttpServerExchange exchange) {
        return exchange.getDestinationAddress().getAddress() instanceof Inet4Address address
                ? Optional.of(Ipv4Address.of(address))
                : Optional.empty();
    }

    /** The asker's address in words, for people who read of it; a name where it has no address. */
    public static String source(HttpServerExchange exchange) {
        InetSocketAddress source = exchange.getSourceAddress();
        return source.getAddress() == null
                ? source.getHostString()
                : source.getAddress().getHostAddress();
    }
}
