package firstlight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void whatAPcSaysOfItselfMovesNoCursorAndMakesNoRow() {
        Table table = new Table("A", "B");
        table.row("x\u001b[2J\ny", "z");
        assertThat(table.text()).isEqualTo("A        B\nx [2J y  z");
    }
}
