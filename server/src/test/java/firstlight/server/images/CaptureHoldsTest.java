package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.store.Hold;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CaptureHoldsTest {
    private final List<String> told = new ArrayList<>();
    private int last;

    private Hold hold() {
        int number = ++last;
        told.add("hold " + number);
        return () -> told.add("let go " + number);
    }

    private final CaptureHolds holds = new CaptureHolds(this::hold);

    @Test
    void aCaptureHoldsOnceUntilItIsOver() {
        holds.begin(7);
        holds.begin(7);
        assertThat(holds.endAllBut(() -> Set.of(7L))).containsExactly(7L);
        assertThat(told).containsExactly("hold 1");
        holds.endAllBut(Set::of);
        holds.endAllBut(Set::of);
        assertThat(told).containsExactly("hold 1", "let go 1");
    }

    @Test
    void aCaptureThatBeginsWhileACollectionAsksForRunningWorkKeepsItsHold() {
        holds.begin(7);
        holds.endAllBut(() -> {
            holds.begin(8); // the answer is older than this
            return Set.of();
        });
        assertThat(told).containsExactly("hold 1", "hold 2", "let go 1");
        holds.endAllBut(Set::of);
        assertThat(told).endsWith("let go 2");
    }
}
