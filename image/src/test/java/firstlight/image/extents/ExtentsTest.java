package firstlight.image.extents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.chunk.Chunk;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtentsTest {
    private static final long CELL = Chunk.SIZE;

    @Test
    void rangesThatTouchAreOne() {
        assertThat(new Extents.Builder().add(0, 5).add(5, 9).add(9, 9).build()).isEqualTo(Extents.of(0, 9));
        assertThatThrownBy(() -> new Extents.Builder().add(5, 9).add(4, 10)).hasMessageContaining("out of order");
    }

    @Test
    void cellsThatSeveralRangesTouchCountOnce() {
        Extents used = new Extents.Builder()
                .add(1, 2)
                .add(CELL - 1, CELL + 1)
                .add(CELL + 2, CELL + 3)
                .add(5 * CELL, 7 * CELL)
                .build();
        assertThat(used.cells(Chunk.SIZE)).isEqualTo(4);
        assertThat(used.cellFrom(0, Chunk.SIZE)).isZero();
        assertThat(used.cellFrom(2, Chunk.SIZE)).isEqualTo(5);
        assertThat(used.cellFrom(6, Chunk.SIZE)).isEqualTo(6);
        assertThat(used.cellFrom(7, Chunk.SIZE)).isEqualTo(-1);
    }

    @Test
    void aMapOfPartcloneIsRead() {
        UsedMap map = DomainMap.parse(List.of(
                "# Domain logfile created by unset_name v0.3.23",
                "# current_pos  current_status",
                "0x0C800000     ?",
                "#      pos        size  status",
                "0x00000000  0x007CC800  +",
                "0x007CC800  0x00033C00  ?",
                "0x00800400  0x00000400  +"));
        assertThat(map.end()).isEqualTo(0x800800);
        assertThat(map.used())
                .isEqualTo(new Extents.Builder()
                        .add(0, 0x7CC800)
                        .add(0x800400, 0x800800)
                        .build());
    }

    @Test
    void aMapWithAHoleOrWithoutLinesIsNotBelieved() {
        assertThatThrownBy(() -> DomainMap.parse(List.of("0x0 0x200 +", "0x400 0x200 +")))
                .hasMessageContaining("hole");
        assertThatThrownBy(() -> DomainMap.parse(List.of("# nothing"))).hasMessageContaining("empty");
        assertThatThrownBy(() -> DomainMap.parse(List.of("zero 0x200 +"))).isInstanceOf(IllegalArgumentException.class);
    }
}
