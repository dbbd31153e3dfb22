package firstlight.policy.work;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.StageTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlowStagesTest {
    private static final long GIGABYTE = 1_000_000_000;
    private static final Map<String, List<Double>> OTHERS = Map.of(
            "fetch", List.of(100e6, 110e6, 105e6, 20e6, 108e6),
            "write", Collections.nCopies(9, 400e6),
            "verify", Collections.nCopies(4, 900e6));

    private static StageTime stage(String name, double megabytesPerSecond) {
        return new StageTime(name, GIGABYTE, Math.round(GIGABYTE / megabytesPerSecond / 1000));
    }

    @Test
    void whatIsFarBelowTheMedianOfItsModelIsNamedWithWhatToLookAt() {
        assertThat(SlowStages.of(List.of(stage("fetch", 11.2), stage("write", 390)), OTHERS, Optional.empty()))
                .singleElement()
                .asString()
                .isEqualTo("fetch is slow: 11 MB/s, other PCs of this model do 105 (9 times as much); "
                        + "the link may be at 100 Mbit/s or less: look at the cable and the switch's port (ethtool)");
        assertThat(SlowStages.of(List.of(stage("fetch", 108), stage("write", 40)), OTHERS, Optional.empty()))
                .singleElement()
                .asString()
                .startsWith("write is slow: 40 MB/s, other PCs of this model do 400 (10 times as much)")
                .contains("smartctl");
        assertThat(SlowStages.of(List.of(stage("fetch", 30)), OTHERS, Optional.empty()))
                .singleElement()
                .asString()
                .doesNotContain("100 Mbit/s");
    }

    @Test
    void whereTheLinkIsKnownItIsToldWhetherItIsFull() {
        assertThat(SlowStages.of(List.of(stage("fetch", 11.2)), OTHERS, Optional.of(new LinkRate(100, false))))
                .singleElement()
                .asString()
                .endsWith("its own link is at 100 Mbit/s and full: look at the cable and the switch's port");
        assertThat(SlowStages.of(List.of(stage("fetch", 11.2)), OTHERS, Optional.of(new LinkRate(1000, false))))
                .singleElement()
                .asString()
                .endsWith(
                        "its own link is at 1000 Mbit/s: look at the way to the server, and what else the server and its link do");
    }

    @Test
    void halfAsFastIsNotFarBelow() {
        assertThat(SlowStages.of(List.of(stage("fetch", 55), stage("write", 210)), OTHERS, Optional.empty()))
                .isEmpty();
    }

    @Test
    void aModelOfWhichFewAreKnownSaysNothing() {
        assertThat(SlowStages.of(List.of(stage("verify", 10), stage("unpack", 1)), OTHERS, Optional.empty()))
                .isEmpty();
    }

    @Test
    void whatTookLittleOfTheTimeOrMovedLittleSaysNothing() {
        StageTime little = new StageTime("fetch", 1_000_000, 1000);
        assertThat(SlowStages.of(List.of(little, stage("write", 400)), OTHERS, Optional.empty()))
                .isEmpty();
        StageTime half = new StageTime("write", GIGABYTE, 5_100); // half as fast, in a work of minutes
        assertThat(SlowStages.of(
                        List.of(half, new StageTime("fetch", GIGABYTE * 60, 600_000)), OTHERS, Optional.empty()))
                .isEmpty();
        assertThat(SlowStages.isMeasured(little)).isFalse();
        assertThat(SlowStages.isMeasured(half)).isTrue();
    }
}
