package firstlight.netboot.ra;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.model.MacAddress;
import firstlight.testkit.VirtualClock;
import firstlight.wire.icmp6.RouterMessage.Advertisement;
import firstlight.wire.icmp6.RouterMessage.Option;
import firstlight.wire.icmp6.RouterMessage.Solicitation;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouterStandInTest {
    private static final MacAddress CLIENT = MacAddress.parse("52:54:00:12:34:56");
    private static final Inet6Address CLIENTS_ADDRESS = address("fe80::5054:ff:fe12:3456");
    private static final Inet6Address ROUTER = address("fe80::1");
    private static final Solicitation BARE = new Solicitation(List.of());
    private static final Advertisement REAL = new Advertisement(64, 0, 1800, 0, 0, List.of());

    private final VirtualClock clock = new VirtualClock();
    private final RouterStandIn standIn = new RouterStandIn((mac, now) -> mac.equals(CLIENT));

    private static Inet6Address address(String text) {
        try {
            return (Inet6Address) InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Optional<Advertisement> solicited(Solicitation solicitation, String source, int hopLimit) {
        return standIn.heard(solicitation, address(source), hopLimit, clock.instant());
    }

    @Test
    void aPrebootClientIsToldThatThereIsNothing() {
        assertThat(standIn.heard(BARE, CLIENTS_ADDRESS, 255, clock.instant())).contains(Advertisement.NOTHING_HERE);
    }

    @Test
    void theClientIsKnownByItsLinkLayerAddressWhereItsIpv6AddressDoesNotTell() {
        Option own = new Option(Option.SOURCE_LINK_LAYER_ADDRESS, Bytes.ofHex("525400123456"));
        assertThat(solicited(new Solicitation(List.of(own)), "fe80::abcd", 255)).isPresent();
        assertThat(solicited(BARE, "fe80::abcd", 255)).isEmpty();
    }

    @Test
    void otherHostsAreNotDisturbed() {
        assertThat(solicited(BARE, "fe80::5054:ff:fe00:1", 255)).isEmpty();
    }

    @Test
    void nothingIsSentToAnAddressThatIsNotOnTheLink() {
        assertThat(solicited(BARE, "::", 255)).isEmpty();
        assertThat(solicited(BARE, "2001:db8::5054:ff:fe12:3456", 255)).isEmpty();
        assertThat(solicited(BARE, "fe80::5054:ff:fe12:3456", 64)).isEmpty();
    }

    @Test
    void aRealRouterIsLeftToAnswerUntilItHasBeenSilentForLong() {
        standIn.heard(REAL, ROUTER, 255, clock.instant());
        assertThat(standIn.heard(BARE, CLIENTS_ADDRESS, 255, clock.instant())).isEmpty();
        clock.advance(Duration.ofMinutes(30));
        assertThat(standIn.heard(BARE, CLIENTS_ADDRESS, 255, clock.instant())).isEmpty();
        clock.advance(Duration.ofMinutes(2));
        assertThat(standIn.heard(BARE, CLIENTS_ADDRESS, 255, clock.instant())).isPresent();
    }

    @Test
    void aForgedAdvertisementFromAfarIsNoRouter() {
        standIn.heard(REAL, ROUTER, 64, clock.instant());
        assertThat(standIn.hasRouter(clock.instant())).isFalse();
    }

    @Test
    void theMacAddressIsReadOutOfALinkLocalAddress() {
        assertThat(RouterStandIn.macOf(CLIENTS_ADDRESS)).contains(CLIENT);
        assertThat(RouterStandIn.macOf(ROUTER)).isEmpty();
    }
}
