package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.table.Partition;
import firstlight.image.table.Place;
import firstlight.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayoutPlanTest {
    private static final long MIB = 1 << 20;

    private static Partition partition(int number, long start, long length) {
        return new Partition(number, start * MIB, length * MIB, "");
    }

    private static final List<Partition> WINDOWS =
            List.of(partition(1, 1, 100), partition(2, 101, 16), partition(3, 117, 5000), partition(4, 5117, 500));

    @Test
    void whatGrowsPushesOnlyWhatLiesBehindIt() {
        Packing packing = new Packing(WINDOWS);
        packing.grow(3, 1000 * MIB + 4711);
        assertThat(packing.places())
                .containsEntry(2, new Place(101 * MIB, 16 * MIB))
                .containsEntry(3, new Place(117 * MIB, 6000 * MIB))
                .containsEntry(4, new Place(6117 * MIB, 500 * MIB));
    }

    @Test
    void whoHasMostToGiveShrinksFirstAndOthersOnlyWhenThatIsNotEnough() {
        Map<Integer, Long> least = Map.of(1, 100 * MIB, 2, 16 * MIB, 3, 1000 * MIB, 4, 400 * MIB);
        Packing one = new Packing(WINDOWS);
        assertThat(one.shrinkTo(4000 * MIB, each -> least.getOrDefault(each.number(), 0L)))
                .isZero();
        assertThat(one.places())
                .containsEntry(3, new Place(117 * MIB, 3383 * MIB))
                .containsEntry(4, new Place(3500 * MIB, 500 * MIB));

        Packing two = new Packing(WINDOWS);
        assertThat(two.shrinkTo(1580 * MIB, each -> least.getOrDefault(each.number(), 0L)))
                .isZero();
        assertThat(two.places())
                .containsEntry(3, new Place(117 * MIB, 1000 * MIB))
                .containsEntry(4, new Place(1117 * MIB, 463 * MIB));

        Packing none = new Packing(WINDOWS);
        assertThat(none.shrinkTo(1517 * MIB - 1, each -> least.getOrDefault(each.number(), 0L)))
                .isEqualTo(1);
    }

    @Test
    void neverDoPartitionsOverlapOrLeaveTheDiskOrLoseTheirAlignment() {
        Seeded random = Seeded.fresh();
        for (int round = 0; round < 2000; round++) {
            List<Partition> partitions = new ArrayList<>();
            long end = MIB;
            for (int number = 1; number <= random.between(1, 8); number++) {
                long start = end + random.between(0, 3) * 512L * random.between(0, 4000);
                end = start + 512L * random.between(1, 4_000_000);
                partitions.add(new Partition(number, start, end - start, ""));
            }
            long limit = 512L * random.between(1, (int) (end / 512));
            Packing packing = new Packing(partitions);
            long tooFew = packing.shrinkTo(limit, each -> each.number() % 2 == 0 ? each.length() : each.length() / 7);
            String seed = "round " + round + " of " + random;
            assertThat(packing.end() <= limit).as(seed).isEqualTo(tooFew == 0);
            long last = 0;
            for (Partition partition : partitions) {
                Place place = packing.place(partition);
                assertThat(place.start()).as(seed).isGreaterThanOrEqualTo(last);
                assertThat((partition.start() - place.start()) % MIB).as(seed).isZero();
                boolean fixed = partition.number() % 2 == 0;
                assertThat(place.length())
                        .as(seed)
                        .isLessThanOrEqualTo(partition.length())
                        .isGreaterThanOrEqualTo(fixed ? partition.length() : partition.length() / 7);
                last = place.end();
            }
        }
    }

    @Test
    void wishesAreReadFromOptionsAndWrongOnesNamed() {
        assertThat(Wishes.of(Map.of())).isEqualTo(Wishes.USUAL);
        Wishes wishes = Wishes.of(Map.of("partitions", "3, 2", "grow", "none"));
        assertThat(wishes.only()).containsExactlyInAnyOrder(2, 3);
        assertThat(wishes.grow().partition()).isEqualTo(Wishes.Grow.NOBODY);
        assertThat(Wishes.of(wishes.options())).isEqualTo(wishes);
        assertThat(wishes.options()).isEqualTo(Map.of("partitions", "2,3", "grow", "none"));
        assertThatThrownBy(() -> Wishes.of(Map.of("grow", "all")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("grow")
                .hasMessageContaining("'all'");
    }
}
