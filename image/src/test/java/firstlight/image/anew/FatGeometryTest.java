package firstlight.image.anew;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.testkit.Seeded;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FatGeometryTest {
    private static final long MIB = 1 << 20;
    private static final FatLayout ESP = new FatLayout(512, 2, 32, 2, 788, 0, 100 * 2048, 32, 2);
    private static final FatLayout FAT16 = new FatLayout(512, 4, 1, 2, 160, 512, 80 * 2048, 16, 0);

    @Test
    void theTypeStaysAndClustersChangeOnlyWhereTheirNumberMust() {
        FatLayout larger = layout(FAT16, 512, 110 * MIB).orElseThrow();
        assertThat(larger.bits()).isEqualTo(16);
        assertThat(larger.clusterSize()).isEqualTo(2048);
        assertThat(layout(FAT16, 512, 1000 * MIB).orElseThrow().clusterSize()).isEqualTo(16 << 10);
        assertThat(layout(ESP, 512, 60 * MIB).orElseThrow().clusterSize()).isEqualTo(512);
    }

    @Test
    void aTypeThatCannotFillThePartitionFillsWhatItCan() {
        FatLayout most = layout(FAT16, 512, 9000 * MIB).orElseThrow();
        assertThat(most.bits()).isEqualTo(16);
        assertThat(most.sectors() * 512).isBetween(2000 * MIB, 2048 * MIB);
    }

    @Test
    void anEspThatHasTooFewClustersOf4096OctetsBecomesFat16ThereAndNowhereElse() {
        assertThat(layout(ESP, 4096, 100 * MIB).orElseThrow().bits()).isEqualTo(16);
        assertThat(layout(ESP, 4096, 300 * MIB).orElseThrow().bits()).isEqualTo(32);
        assertThat(layout(ESP, 512, 20 * MIB)).as("FAT32 has 32 MiB at least").isEmpty();
    }

    private static Optional<FatLayout> layout(FatLayout old, int sector, long length) {
        return new FatGeometry(old, sector, 512).of(length, size -> 100);
    }

    @Test
    void whateverTheLengthAllClustersHaveTheirPlaceAndTheTypeIsTheOneThatOthersSee() {
        Seeded random = Seeded.fresh();
        int found = 0;
        for (int round = 0; round < 3000; round++) {
            FatLayout old = round % 2 == 0 ? ESP : FAT16;
            int sector = round % 3 == 0 ? 4096 : 512;
            long length = random.between(1, 40_000) * (long) random.between(1, 40) * 4096;
            long octets = random.between(0, 1 << 30);
            Optional<FatLayout> layout = new FatGeometry(old, sector, random.between(16, 2000))
                    .of(length, size -> Math.ceilDiv(octets, size));
            if (layout.isPresent()) {
                found++;
                FatLayout fat = layout.get();
                String seed = fat + " for " + length + ", round " + round + " of " + random;
                assertThat(fat.clusters() * fat.clusterSize()).as(seed).isGreaterThanOrEqualTo(octets);
                assertThat((fat.clusters() + 2) * fat.bits())
                        .as(seed)
                        .isLessThanOrEqualTo(fat.fatSectors() * sector * 8);
                assertThat(fat.offset(fat.clusters() + 2)).as(seed).isLessThanOrEqualTo(length);
                assertThat(fat.bits())
                        .as(seed)
                        .isEqualTo(fat.clusters() < 4085 ? 12 : fat.clusters() < 65525 ? 16 : 32);
            }
        }
        assertThat(found).isGreaterThan(500);
    }
}
