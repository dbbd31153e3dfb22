package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EarlyOffersTest {
    private static final OtherOffer OFFER = new OtherOffer(
            Ipv4Address.parse("192.168.1.9"), new MacAddress(0x525400123456L), "a boot menu of its own", false, false);

    private final PrebootClients clients = new PrebootClients();
    private final EarlyOffers offers = new EarlyOffers(clients);

    private static Instant second(long second) {
        return Instant.ofEpochSecond(1_000 + second);
    }

    @Test
    void anOfferThatCameBeforeItsClientWasHeardIsToldWhenItIs() {
        offers.keep(OFFER, 7, second(0));
        assertThat(offers.due(second(0))).isEmpty();
        clients.saw(OFFER.client(), second(1));
        assertThat(offers.due(second(1))).containsExactly(new EarlyOffers.Early(OFFER, 7, second(0)));
        assertThat(offers.due(second(2))).as("once").isEmpty();
    }

    @Test
    void oneToAClientThatDoesNotBootIsForgotten() {
        offers.keep(OFFER, 7, second(0));
        assertThat(offers.due(second(20))).isEmpty();
        clients.saw(OFFER.client(), second(30));
        assertThat(offers.due(second(30))).isEmpty();
    }
}
