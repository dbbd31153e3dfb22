package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.StageTime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How fast the stages of work are, on each kind of database. */
@ParameterizedClass
@EnumSource(TestStorage.class)
class StageRateTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    private Path directory;

    @Parameter
    private TestStorage kind;

    private static List<StageTime> read(long millis) {
        return List.of(new StageTime("read", 100_000_000, millis));
    }

    @Test
    void theLastOnesOfTheSameModelAndWorkAreKnownButNotTheDevicesOwn() {
        try (Database database = Database.open(kind.fresh(directory), NOW)) {
            StageRateStore rates = database.stageRates();
            rates.add("A", "capture", 1, read(1000), NOW);
            rates.add("A", "capture", 2, read(500), NOW);
            rates.add("A", "restore", 2, read(1), NOW);
            rates.add("B", "capture", 2, read(1), NOW);
            rates.add("A", "capture", 2, List.of(new StageTime("send", 1000, 1)), NOW); // says nothing
            assertThat(rates.others("A", "capture", 2)).containsOnlyKeys("read").containsValue(List.of(100e6));
            assertThat(rates.others("A", "capture", 9).get("read")).containsExactlyInAnyOrder(100e6, 200e6);
            assertThat(rates.others("C", "capture", 9)).isEmpty();
        }
    }

    @Test
    void theOldestAreForgotten() {
        try (Database database = Database.open(kind.fresh(directory), NOW)) {
            StageRateStore rates = database.stageRates();
            for (int i = 1; i <= StageRateStore.KEPT + 5; i++) {
                rates.add("A", "capture", 1, read(i), NOW);
            }
            List<Double> kept = rates.others("A", "capture", 0).get("read");
            assertThat(kept).hasSize(StageRateStore.KEPT);
            assertThat(DoubleStream.of(kept.stream().mapToDouble(each -> each).toArray())
                            .max()
                            .orElse(0))
                    .as("the first were the fastest")
                    .isLessThan(100e9 / 5);
        }
    }
}
