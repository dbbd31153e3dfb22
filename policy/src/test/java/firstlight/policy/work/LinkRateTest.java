package firstlight.policy.work;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinkRateTest {
    private static final LinkRate GIGABIT = new LinkRate(1000, false);
    private static final LinkRate HUNDRED = new LinkRate(100, false);

    @Test
    void aGigabitIsInOrder() {
        assertThat(GIGABIT.trouble(Optional.empty())).isEmpty();
        assertThat(GIGABIT.trouble(Optional.of(HUNDRED))).isEmpty();
        assertThat(GIGABIT.trouble(Optional.of(GIGABIT))).isEmpty();
    }

    @Test
    void aSlowLinkIsToldBeforeAnythingIsSlow() {
        assertThat(HUNDRED.trouble(Optional.of(HUNDRED)).orElseThrow())
                .startsWith("its network link runs at 100 Mbit/s, which carries 12 MB/s at most");
    }

    @Test
    void oneThatWasFasterIsToldAsSuch() {
        assertThat(HUNDRED.trouble(Optional.of(GIGABIT)).orElseThrow())
                .startsWith(
                        "its network link runs at 100 Mbit/s, at an earlier boot it was 1000 Mbit/s: look at the cable");
        assertThat(GIGABIT.trouble(Optional.of(new LinkRate(2500, false)))).isPresent();
    }

    @Test
    void halfDuplexIsADisagreement() {
        assertThat(new LinkRate(100, true).trouble(Optional.empty()).orElseThrow())
                .contains("half duplex");
    }

    @Test
    void whatMakesNoSenseIsUnknown() {
        assertThat(LinkRate.of(Facts.NONE)).isEmpty();
        assertThat(LinkRate.of(Facts.NONE.with(FactName.LINK, "-1 full"))).isEmpty();
        assertThat(LinkRate.of(Facts.NONE.with(FactName.LINK, "1000"))).isEmpty();
        assertThat(LinkRate.of(Facts.NONE.with(FactName.LINK, "2500 full"))).contains(new LinkRate(2500, false));
    }
}
