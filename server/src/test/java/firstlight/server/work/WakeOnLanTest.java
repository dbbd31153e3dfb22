package firstlight.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import org.junit.jupiter.api.Test;

class WakeOnLanTest {
    @Test
    void aCardThatNoMagicPacketCanNameDoesNotKeepTheOthersAsleep() {
        Facts facts = Facts.NONE.with(
                FactName.MAC,
                "80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:11:22:33", // InfiniBand
                "52:54:00:00:00:01");
        assertThat(WakeOnLan.cards(facts)).containsExactly(MacAddress.parse("52:54:00:00:00:01"));
    }
}
