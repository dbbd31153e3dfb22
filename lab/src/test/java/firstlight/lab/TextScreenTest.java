package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextScreenTest {
    private static final int GREY_ON_BLACK = 0x07;
    private static final int BLACK_ON_GREY = 0x70;

    private final byte[] memory = new byte[TextScreen.OCTETS];

    private void write(int row, int attribute, String text) {
        for (int i = 0; i < text.length(); i++) {
            memory[(row * TextScreen.COLUMNS + i) * 2] = (byte) text.charAt(i);
            memory[(row * TextScreen.COLUMNS + i) * 2 + 1] = (byte) attribute;
        }
    }

    @Test
    void rowsAreReadWithoutTheirBlanks() {
        write(3, GREY_ON_BLACK, "   Press F8 for Firstlight");
        assertThat(TextScreen.of(memory).text()).isEqualTo("Press F8 for Firstlight");
    }

    @Test
    void theItemUnderTheCursorIsTheOneWithColoursOfItsOwn() {
        write(1, GREY_ON_BLACK, "Automatic");
        write(2, BLACK_ON_GREY, "Maintenance");
        write(3, GREY_ON_BLACK, "Local disk");
        assertThat(TextScreen.of(memory).selected()).contains("Maintenance");
    }

    @Test
    void aScreenWithoutACursorHasNothingSelected() {
        write(1, GREY_ON_BLACK, "Automatic");
        write(2, GREY_ON_BLACK, "Maintenance");
        assertThat(TextScreen.of(memory).selected()).isEmpty();
    }
}
