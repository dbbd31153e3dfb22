package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.resize.Wishes.Grow;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WishesTest {
    @ParameterizedTest
    @ValueSource(strings = {"3", "none", "vg0/root", "ubuntu-vg/ubuntu-lv", "pve/data.1"})
    void whatGrowsIsReadAndWrittenAlike(String grow) {
        Map<String, String> options = Map.of(Wishes.GROW, grow);
        assertThat(Wishes.of(options).options()).isEqualTo(options);
    }

    @Test
    void aVolumeIsToldFromAPartition() {
        assertThat(Wishes.of(Map.of(Wishes.GROW, "vg0/root")).grow()).isEqualTo(new Grow(Grow.OF_VOLUME, "vg0/root"));
        assertThat(Wishes.of(Map.of(Wishes.GROW, "4")).grow()).isEqualTo(new Grow(4));
        assertThat(Wishes.of(Map.of()).grow()).isEqualTo(new Grow(Grow.LARGEST));
    }

    @ParameterizedTest
    @CsvSource({"root", "/dev/vg0/root", "vg0/", "-vg/root", "vg/-root", "0"})
    void whatIsNeitherIsRefusedWithWhatMayBeWritten(String grow) {
        assertThatThrownBy(() -> Wishes.of(Map.of(Wishes.GROW, grow)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("option grow: '" + grow
                        + "' is no partition's number, no volume of LVM as vg/lv, and neither largest nor none");
    }
}
