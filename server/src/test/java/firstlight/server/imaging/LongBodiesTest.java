package firstlight.server.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LongBodiesTest {
    private static final int LONGEST = 256 << 20;

    private final LongBodies bodies = new LongBodies(2L * LONGEST, LONGEST);

    @Test
    void twoOfTheLongestAreTakenAndAThirdWhenOneIsGone() throws Exception {
        LongBodies.Place first = bodies.take(LONGEST);
        bodies.take(-1); // one of which nobody said how long it is
        assertThatThrownBy(() -> bodies.take(1)).isInstanceOf(LongBodies.Full.class);
        first.close();
        for (int i = 0; i < 256; i++) {
            assertThat(bodies.take(1 << 20)).isNotNull();
        }
        assertThatThrownBy(() -> bodies.take(1)).isInstanceOf(LongBodies.Full.class);
    }

    @Test
    void oneThatClaimsMoreThanItMayTakesNoMoreThanTheLongest() throws Exception {
        bodies.take(Long.MAX_VALUE); // refused when it is read
        assertThat(bodies.take(LONGEST)).isNotNull();
    }
}
