package firstlight.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WakeOnLanTest {
    @Test
    void anInterfaceThatHasGoneSinceTheyWereListedTakesNoOtherAlong() {
        WakeOnLan.Way way = new WakeOnLan.Way(InetAddress.getLoopbackAddress(), InetAddress.getLoopbackAddress());
        WakeOnLan.Way behind = new WakeOnLan.Way(InetAddress.getLoopbackAddress(), Ipv4Address.ANY.toInet());
        WakeOnLan.Exit gone = () -> {
            throw new SocketException("No such device");
        };
        assertThat(WakeOnLan.ways(List.of(() -> List.of(way), gone, () -> List.of(behind))))
                .containsExactly(way, behind);
    }

    @Test
    void aCardThatNoMagicPacketCanNameDoesNotKeepTheOthersAsleep() {
        Facts facts = Facts.NONE.with(
                FactName.MAC,
                "80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:11:22:33", // InfiniBand
                "52:54:00:00:00:01");
        assertThat(WakeOnLan.cards(facts)).containsExactly(MacAddress.parse("52:54:00:00:00:01"));
    }
}
