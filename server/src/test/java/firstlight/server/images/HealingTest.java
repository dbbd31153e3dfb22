package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.ChunkId;
import firstlight.image.store.ImageName;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class HealingTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    private final List<List<ChunkId>> asked = new ArrayList<>();

    private static ChunkId chunk(int seed) {
        return ChunkId.of(new byte[] {(byte) seed}, 0, 1);
    }

    /** Has all but the first chunk. */
    private final class Main implements OtherSites {
        @Override
        public Supply supply(ImageName image, int number) {
            return new Supply.Unavailable("", false);
        }

        @Override
        public Healed heal(List<ChunkId> damaged) {
            asked.add(damaged);
            return damaged.contains(chunk(1))
                    ? new Healed(Map.of(), Map.of(chunk(1), "main has it not"))
                    : new Healed(Map.of(damaged.getFirst(), "main"), Map.of());
        }

        @Override
        public void unfinished(boolean mayForget, Consumer<ChunkId> keep) {
            // nothing is
        }
    }

    @Test
    void oneChunkThatNobodyHasDoesNotKeepTheOthersFromBeingHealed() throws IOException {
        Healing healing = new Healing(new Main(), () -> NOW);
        assertThat(healing.heal(List.of(chunk(1))).failed()).containsExactly(Map.entry(chunk(1), "main has it not"));

        OtherSites.Healed both = healing.heal(List.of(chunk(1), chunk(2)));
        assertThat(both.failed()).containsExactly(Map.entry(chunk(1), "main has it not"));
        assertThat(both.from()).containsExactly(Map.entry(chunk(2), "main"));
        assertThat(asked)
                .as("what failed just now is not asked for")
                .containsExactly(List.of(chunk(1)), List.of(chunk(2)));
        assertThat(healing.heal(List.of(chunk(1))).failed()).hasSize(1);
        assertThat(asked).hasSize(2);
    }
}
