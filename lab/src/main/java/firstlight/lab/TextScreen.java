package firstlight.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a BIOS PC shows, read from its text-mode video memory: 25 rows of 80 cells, each a character and its colours.
 * UEFI paints pixels; there only a picture can be taken.
 */
record TextScreen(List<Row> rows) {
    /** Of the VGA's text memory in the PC's physical memory, in all colour modes; a cell is a character and its attribute. */
    static final long ADDRESS = 0xB8000;

    static final int ROWS = 25;
    static final int COLUMNS = 80;
    static final int OCTETS = ROWS * COLUMNS * 2;
    /** The attribute's bits 4 to 6. */
    private static final int BACKGROUND = 0x70;

    /** One row: its text, and the background colour behind the first letter of it. */
    record Row(String text, int background) {}

    TextScreen {
        rows = List.copyOf(rows);
    }

    static TextScreen of(byte[] memory) {
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            StringBuilder text = new StringBuilder();
            int background = 0;
            for (int column = 0; column < COLUMNS; column++) {
                int cell = (row * COLUMNS + column) * 2;
                int character = memory[cell] & 0xFF;
                boolean letter = character > 32 && character < 127;
                if (letter && text.toString().isBlank()) {
                    background = memory[cell + 1] & BACKGROUND;
                }
                text.append(letter ? (char) character : ' ');
            }
            rows.add(new Row(text.toString().strip(), background));
        }
        return new TextScreen(rows);
    }

    String text() {
        return rows.stream().map(Row::text).filter(row -> !row.isEmpty()).collect(Collectors.joining("\n"));
    }

    /** Within one row: what a menu wrapped is not found. */
    boolean shows(String words) {
        return text().contains(words);
    }

    /** The one row with a background of its own: the item under a menu's cursor. */
    Optional<String> selected() {
        for (Row candidate : rows) {
            long same = rows.stream()
                    .filter(row -> !row.text().isEmpty() && row.background() == candidate.background())
                    .count();
            if (!candidate.text().isEmpty() && same == 1) {
                return Optional.of(candidate.text());
            }
        }
        return Optional.empty();
    }
}
