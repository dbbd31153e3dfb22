package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ToldOffersTest {
    private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
    private static final OtherOffer MENU = new OtherOffer(
            Ipv4Address.parse("10.81.0.2"),
            MacAddress.parse("52:54:00:bb:00:31"),
            "a boot menu of its own",
            false,
            false);

    private final ToldOffers offers = new ToldOffers(1000);

    @Test
    void anOfferIsToldOnceInAnExchangeAndAgainInAnother() {
        assertThat(offers.isNew(MENU, 7, NOON)).isTrue();
        assertThat(offers.isNew(MENU, 7, NOON.plusSeconds(4))).as("its ACK").isFalse();
        assertThat(offers.isNew(MENU, 8, NOON.plusSeconds(5))).isTrue();
    }

    @Test
    void aRomWhoseTransactionIdIsTheSameEachTimeIsToldAtEachBoot() {
        assertThat(offers.isNew(MENU, 7, NOON)).isTrue();
        assertThat(offers.isNew(MENU, 7, NOON.plusSeconds(59))).isFalse();
        assertThat(offers.isNew(MENU, 7, NOON.plusSeconds(61))).isTrue();
        assertThat(offers.isNew(MENU, 7, NOON.plusSeconds(62))).isFalse();
    }

    @Test
    void aClockThatIsSetBackHidesNothing() {
        assertThat(offers.isNew(MENU, 7, NOON)).isTrue();
        assertThat(offers.isNew(MENU, 7, NOON.minusSeconds(3600))).isTrue();
    }
}
