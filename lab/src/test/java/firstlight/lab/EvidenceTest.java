package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    private final Evidence evidence = new Evidence();

    private static Seen line(String text) {
        return new Seen.Line(Instant.EPOCH, "pc1", text);
    }

    @Test
    void whatWasSeenBeforeTheMarkDoesNotCount() {
        evidence.add(line("old"));
        int mark = evidence.mark();
        assertThat(evidence.await(mark, seen -> true, Duration.ZERO, () -> true))
                .isEmpty();
        assertThat(evidence.await(0, seen -> true, Duration.ZERO, () -> true)).isPresent();
    }

    @Test
    void waitingEndsWhenThereIsNoHopeButWhatIsThereIsStillFound() {
        evidence.add(line("last words"));
        assertThat(evidence.await(0, seen -> seen.toString().equals("last words"), Duration.ofDays(1), () -> false))
                .isPresent();
        assertThat(evidence.await(0, seen -> false, Duration.ofDays(1), () -> false))
                .isEmpty();
    }

    @Test
    void aSightThatComesWhileWaitingIsFound() {
        Thread watcher = Thread.ofVirtual().start(() -> evidence.add(line("login:")));
        assertThat(evidence.await(0, seen -> true, Duration.ofSeconds(20), () -> true))
                .isPresent();
        assertThat(watcher).isNotNull();
    }
}
