package firstlight.image.capture;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.Manifest;
import org.junit.jupiter.api.Test;

class CapturePlanTest {
    /** The ids of its chunks are in memory several times over while the manifest is made. */
    @Test
    void aPcWithLittleMemoryMakesAnImageOfFewerChunks() {
        long little = 256L << 20;
        assertThat(CapturePlan.affordable(little))
                .isPositive()
                .isLessThan(Manifest.MOST_CHUNKS)
                .isLessThanOrEqualTo((int) (little / 5 / ChunkId.LENGTH));
    }

    @Test
    void moreMemoryMakesNoLongerImageThanAServerTakes() {
        assertThat(CapturePlan.affordable(64L << 30)).isEqualTo(Manifest.MOST_CHUNKS);
    }
}
