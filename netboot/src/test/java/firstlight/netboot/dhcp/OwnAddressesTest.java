package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.sockets.Interfaces.Address;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnAddressesTest {
    private static final int CARD = 2;
    private static final Address OLD = new Address(Ipv4Address.parse("10.0.0.1"), 24);
    private static final Address NEW = new Address(Ipv4Address.parse("10.0.0.2"), 24);
    private static final long START = -1_000; // System.nanoTime may be negative

    private Map<Integer, List<Address>> there = Map.of(CARD, List.of(OLD));
    private int reads;
    private final Drops drops = new Drops();
    private final OwnAddresses own = new OwnAddresses(
            () -> {
                if (++reads == 3) {
                    throw new SocketException("out of descriptors");
                }
                return there;
            },
            drops);

    private List<Address> at(long millis, Address named) {
        return own.of(CARD, named.address(), START + Duration.ofMillis(millis).toNanos());
    }

    @Test
    void theyAreReadEveryFiveSecondsAtMostWhileTheKernelNamesKnownOnes() {
        assertThat(at(0, OLD)).containsExactly(OLD);
        there = Map.of(CARD, List.of(OLD, NEW));
        assertThat(at(4_999, OLD)).containsExactly(OLD);
        assertThat(at(5_000, OLD)).containsExactly(OLD, NEW);
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void anAddressThatAnInterfaceJustGotIsKnownAtTheNextPacket() {
        there = Map.of(CARD, List.of());
        assertThat(at(0, NEW)).isEmpty();
        there = Map.of(CARD, List.of(NEW));
        assertThat(at(600, NEW)).containsExactly(NEW);
    }

    @Test
    void aFloodOnAnInterfaceWithoutAnAddressHasThemReadTwiceASecond() {
        for (int millis = 0; millis < 1_000; millis++) {
            assertThat(at(millis, NEW)).containsExactly(OLD);
        }
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void whereTheyCannotBeReadThoseThatWereKnownCount() {
        assertThat(at(0, OLD)).containsExactly(OLD);
        assertThat(at(5_000, OLD)).containsExactly(OLD);
        assertThat(at(10_000, OLD)).containsExactly(OLD);
        assertThat(reads).isEqualTo(3);
        assertThat(drops.counts()).containsOnlyKeys("interfaces");
    }
}
