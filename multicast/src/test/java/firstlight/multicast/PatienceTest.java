package firstlight.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PatienceTest {
    private final Patience patience = new Patience(80);

    @Test
    void whatComesInTheEndCostsNothing() {
        for (int i = 0; i < 10; i++) {
            patience.spend(70);
            assertThat(patience.isOver(10)).isFalse();
            assertThat(patience.isOver(11)).isTrue();
            patience.rewarded();
        }
    }

    /** A pack that is gone, whose blocks come by turns with those of one that is there: its room waits once. */
    @Test
    void whatCameToNothingIsNotWaitedForAgain() {
        patience.spend(80);
        patience.lost();
        patience.rewarded();
        assertThat(patience.isOver(0)).isFalse();
        assertThat(patience.isOver(1)).isTrue();
    }
}
