package firstlight.netboot.preboot;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import org.junit.jupiter.api.Test;

class QuestionLimitTest {
    private static final Ipv4Address FLOOD = Ipv4Address.parse("10.0.0.1");
    private static final Ipv4Address PC = Ipv4Address.parse("10.0.0.2");
    private static final Ipv4Address ANOTHER = Ipv4Address.parse("10.0.0.3");

    private final QuestionLimit limit = new QuestionLimit(3, 2);

    @Test
    void oneAddressCannotTakeTheOthersPlaces() {
        assertThat(limit.enter(FLOOD)).isTrue();
        assertThat(limit.enter(FLOOD)).isTrue();
        assertThat(limit.enter(FLOOD)).isFalse();
        assertThat(limit.enter(PC)).isTrue();
        assertThat(limit.enter(ANOTHER)).isFalse();
    }

    @Test
    void aPlaceIsFreeAgainWhenItsQuestionIsAnswered() {
        assertThat(limit.enter(FLOOD)).isTrue();
        assertThat(limit.enter(FLOOD)).isTrue();
        for (int i = 0; i < 5; i++) {
            assertThat(limit.enter(FLOOD)).isFalse(); // and being refused takes none
        }
        limit.leave(FLOOD);
        assertThat(limit.enter(FLOOD)).isTrue();
        assertThat(limit.enter(PC)).isTrue();
        limit.leave(PC);
        assertThat(limit.enter(ANOTHER)).isTrue();
    }
}
