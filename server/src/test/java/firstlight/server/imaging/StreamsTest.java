package firstlight.server.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.server.configuration.Configuration;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamsTest {
    private static final Ipv4Address ONE = Ipv4Address.parse("239.255.7.1");
    private static final Ipv4Address OTHER = Ipv4Address.parse("239.255.7.2");
    private static final Configuration.Multicast TWO_GROUPS =
            new Configuration.Multicast(true, Ipv4Address.parse("239.255.7.0"), 30, 8446, 1, 0);

    /** Both rooms got both streams. */
    @Test
    void aSecondStreamHasAGroupOfItsOwnWhileThereIsOne() {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(Streams.group(TWO_GROUPS, Set.of(ONE), new Random(seed)))
                    .as("seed %d", seed)
                    .isEqualTo(OTHER);
        }
        assertThat(Streams.group(TWO_GROUPS, Set.of(ONE, OTHER), new Random(1))).isIn(ONE, OTHER);
    }
}
