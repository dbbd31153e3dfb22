package firstlight.netboot.ra;

import firstlight.model.MacAddress;
import firstlight.wire.icmp6.RouterMessage;
import firstlight.wire.icmp6.RouterMessage.Advertisement;
import firstlight.wire.icmp6.RouterMessage.Solicitation;
import java.net.Inet6Address;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Decides which router solicitation on one interface is answered. iPXE waits 16 s for a router before it fetches its first file; an
 * advertisement that promises nothing ends the wait. It goes to a preboot client of ours alone, by unicast, and only while no router has
 * been heard, so that no other host and no real router is ever disturbed. One thread owns it.
 */
final class RouterStandIn {
    /** Routers advertise at least every 30 minutes (RFC 4861 6.2.1), so one that is not heard for longer has gone. */
    static final Duration ROUTER_STAYS = Duration.ofMinutes(31);

    private static final int HOP_LIMIT = 255; // RFC 4861 6.1: anything less came through a router, and is forged

    private final BiPredicate<MacAddress, Instant> prebootClient;
    private Optional<Instant> routerHeard = Optional.empty();

    RouterStandIn(BiPredicate<MacAddress, Instant> prebootClient) {
        this.prebootClient = prebootClient;
    }

    /** What is sent to the solicitor, if anything. */
    Optional<Advertisement> heard(RouterMessage message, Inet6Address source, int hopLimit, Instant now) {
        if (hopLimit != HOP_LIMIT || !source.isLinkLocalAddress()) {
            return Optional.empty();
        }
        return switch (message) {
            case Advertisement _ -> {
                routerHeard = Optional.of(now);
                yield Optional.empty();
            }
            case Solicitation solicitation -> {
                Optional<MacAddress> client =
                        solicitation.sourceLinkLayerAddress().or(() -> macOf(source));
                boolean ours = client.isPresent() && prebootClient.test(client.get(), now);
                yield ours && !hasRouter(now) ? Optional.of(Advertisement.NOTHING_HERE) : Optional.empty();
            }
        };
    }

    boolean hasRouter(Instant now) {
        return routerHeard.filter(when -> when.plus(ROUTER_STAYS).isAfter(now)).isPresent();
    }

    /** The MAC address in a link-local address that was made of one (RFC 4291 appendix A), as iPXE and EDK2 do. */
    static Optional<MacAddress> macOf(Inet6Address address) {
        byte[] octets = address.getAddress();
        if (octets[11] != (byte) 0xFF || octets[12] != (byte) 0xFE) {
            return Optional.empty();
        }
        long value = 0;
        for (int index : new int[] {8, 9, 10, 13, 14, 15}) {
            value = value << 8 | (index == 8 ? (octets[8] ^ 2) & 0xFF : octets[index] & 0xFF);
        }
        return Optional.of(new MacAddress(value));
    }
}
