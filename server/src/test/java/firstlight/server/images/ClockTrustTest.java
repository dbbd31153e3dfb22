package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClockTrustTest {
    private static final Instant NOW = Instant.parse("2026-11-28T03:30:00Z");
    private static final Instant YEARS_AHEAD = Instant.parse("2099-01-01T00:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path folder;

    private final ClockTrust trust = ClockTrust.first(NOW);

    @Test
    void aClockThatGoesAsTimeDoesIsBelieved() {
        assertThat(trust.isBelieved()).isTrue();
        assertThat(trust.later(NOW.plus(DAY).plusSeconds(1800), DAY).isBelieved())
                .isTrue();
        assertThat(trust.started(NOW.plus(DAY)).isBelieved()).isTrue();
    }

    @Test
    void aClockThatJumpsIsNotBelievedForAWeekOfItsOwn() {
        ClockTrust jumped = trust.later(YEARS_AHEAD, DAY);
        assertThat(jumped.isBelieved()).isFalse();
        for (int day = 1; day < 7; day++) {
            jumped = jumped.later(YEARS_AHEAD.plus(DAY.multipliedBy(day)), DAY);
            assertThat(jumped.isBelieved()).as("day %d", day).isFalse();
        }
        assertThat(jumped.later(YEARS_AHEAD.plus(DAY.multipliedBy(7)), DAY).isBelieved())
                .isTrue();
    }

    @Test
    void whenItIsSetRightThatIsAJumpToo() {
        ClockTrust right = trust.later(YEARS_AHEAD, DAY).later(NOW.plus(DAY), Duration.ofHours(3));
        assertThat(right.isBelieved()).isFalse();
        assertThat(right.settled()).isEqualTo(NOW.plus(DAY).plus(ClockTrust.WAIT));
    }

    @Test
    void aServerThatWasOffForDaysOrStartsInThePastDoesNotBelieveItsClock() {
        assertThat(trust.started(NOW.plus(Duration.ofDays(6))).isBelieved()).isFalse();
        assertThat(trust.started(Instant.EPOCH).isBelieved()).isFalse();
    }

    @Test
    void aServerThatIsOffAtWeekendsBelievesItsClock() {
        ClockTrust each = trust;
        for (int monday = 3; monday < 40; monday += 7) {
            each = each.started(NOW.plus(DAY.multipliedBy(monday)));
            assertThat(each.isBelieved()).as("day %d", monday).isTrue();
            each = each.started(NOW.plus(DAY.multipliedBy(monday + 4)));
        }
    }

    @Test
    void itIsRememberedOverARestart() throws IOException {
        Path file = folder.resolve("clock");
        assertThat(ClockTrust.read(file, NOW)).isEqualTo(trust);
        trust.later(YEARS_AHEAD, DAY).write(file);
        assertThat(ClockTrust.read(file, YEARS_AHEAD.plus(DAY)))
                .isEqualTo(new ClockTrust(YEARS_AHEAD.plus(DAY), YEARS_AHEAD.plus(ClockTrust.WAIT)));
        assertThat(ClockTrust.read(file, NOW).isBelieved()).isFalse();
        Files.writeString(file, "2026-13-01T0");
        assertThat(ClockTrust.read(file, NOW).isBelieved()).isFalse();
        Files.writeString(file, "yesterday long-ago");
        assertThat(ClockTrust.read(file, NOW).isBelieved()).isFalse();
    }
}
