package firstlight.netboot.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LingeringTest {
    private final Lingering lingering = new Lingering();

    private int asksUntilWorthwhile() {
        int asks = 1;
        while (!lingering.isWorthwhile()) {
            asks++;
        }
        return asks;
    }

    @Test
    void itGoesOnWhileAnswersComeInTime() {
        for (int i = 0; i < 1000; i++) {
            assertThat(lingering.isWorthwhile()).isTrue();
            lingering.ended(true);
        }
    }

    @Test
    void itIsTriedEverMoreRarelyWhileNoneDoAndNeverGivenUp() {
        int longest = 0;
        for (int i = 0; i < 30; i++) {
            int asks = asksUntilWorthwhile();
            assertThat(asks).isGreaterThanOrEqualTo(longest);
            longest = asks;
            lingering.ended(false);
        }
        assertThat(longest).isBetween(500, 2000);
    }

    @Test
    void oneAnswerInTimeMakesItWorthwhileAtOnce() {
        for (int i = 0; i < 5; i++) {
            asksUntilWorthwhile();
            lingering.ended(false);
        }
        asksUntilWorthwhile();
        lingering.ended(true);
        assertThat(lingering.isWorthwhile()).isTrue();
    }

    @Test
    void itLooksForTwiceTheUsualAnswerButNeverForLong() {
        assertThat(Lingering.moment(0)).isEqualTo(30_000);
        assertThat(Lingering.moment(60_000)).isEqualTo(120_000);
        assertThat(Lingering.moment(100_000)).isEqualTo(150_000);
        assertThat(Lingering.moment(1_000_000))
                .as("a client that is slower than a sleep is not waited for longer than before")
                .isEqualTo(30_000);
    }
}
