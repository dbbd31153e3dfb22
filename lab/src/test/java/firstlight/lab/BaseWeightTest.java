package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BaseWeightTest {
    @Test
    void whatIsHeavierThanTheAimIsToldByHowMuch() {
        assertThat(new BaseWeight(40_003_186, "bookworm").tooMuch())
                .hasValueSatisfying(told -> assertThat(told).contains("40,003,186 octets", "3,186 more", "bookworm"));
    }

    @Test
    void theAimItselfIsNotTooMuch() {
        assertThat(new BaseWeight(40_000_000, "bookworm").tooMuch()).isEmpty();
    }

    @Test
    void aReleaseWithoutALimitIsNotJudged() {
        assertThat(new BaseWeight(50_000_000, "forky").tooMuch()).isEmpty();
    }
}
