package firstlight.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DelaysTest {
    @Test
    void aShareOfTheAnswersCameWithinItsTime() {
        Delays delays = new Delays(100);
        for (int i = 0; i < 100; i++) {
            delays.set(99 - i, (i + 1) * 1_000_000L);
        }

        assertThat(delays.within(0.5)).isEqualTo(51);
        assertThat(delays.within(0.99)).isEqualTo(100);
        assertThat(delays.answered()).isEqualTo(100);
    }

    @Test
    void anAnswerThatNeverCameIsCountedAndInNoShare() {
        Delays delays = new Delays(3);
        delays.set(1, 2_000_000);

        assertThat(delays.answered()).isEqualTo(1);
        assertThat(delays.within(0.99)).isEqualTo(2);
        assertThat(new Delays(3).within(0.5)).isNaN();
    }
}
