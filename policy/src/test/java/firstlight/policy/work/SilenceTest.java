package firstlight.policy.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final Instant BEGUN = Instant.parse("2026-11-28T10:00:00Z");
    private static final Instant LATER = BEGUN.plusSeconds(61);
    private static final Optional<String> FAR = Optional.of("restoring 41 %");

    private static Work running(Task task) {
        return Work.fresh(3, 7, task, Terms.by("anna"), BEGUN).begun(12, BEGUN);
    }

    @Test
    void anEngineThatSpokeAMomentAgoIsNotMissed() {
        Work work = running(Task.Restore.of("room12", 1, List.of()));
        assertThat(Silence.of(work, BEGUN.plusSeconds(2), FAR, LATER)).isEmpty();
    }

    @Test
    void workThatEndedIsNotMissed() {
        Work work = running(Task.Restore.of("room12", 1, List.of())).done("restored", BEGUN);
        assertThat(Silence.of(work, BEGUN, FAR, LATER)).isEmpty();
    }

    @Test
    void aSilentRestoreSaysHowFarItWasAndThatItsDiskStartsNothing() {
        assertThat(Silence.of(running(Task.Restore.of("room12", 1, List.of())), BEGUN, FAR, LATER))
                .contains(
                        "nothing was heard of the PC for over a minute, the last was 'restoring 41 %'; it was switched"
                                + " off, hangs, or lost its network. The partition table is written last: a disk that is half"
                                + " restored starts nothing. It goes on when the PC boots from the network");
    }

    @Test
    void ofChosenPartitionsItSaysThatTheyHoldNoFileSystem() {
        TreeMap<String, String> options = new TreeMap<>();
        options.put("partitions", "3");
        Task task = new Task.Restore("room12", 1, List.of(), List.of(), options);
        assertThat(Silence.of(running(task), BEGUN, FAR, LATER).orElseThrow()).contains("hold no file system");
    }

    @Test
    void aSilentCaptureSaysThatThereIsNoImage() {
        assertThat(Silence.of(running(new Task.Capture("room12", List.of())), BEGUN, Optional.empty(), LATER)
                        .orElseThrow())
                .startsWith("nothing was heard of the PC for over a minute; it was switched off")
                .contains("There is no image of it yet");
    }
}
