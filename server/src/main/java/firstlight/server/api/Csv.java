package firstlight.server.api;

import java.util.ArrayList;
import java.util.List;

/** RFC 4180: quotes where needed, lines that end in CR LF or LF alone, a byte order mark that spreadsheets put before. */
final class Csv {
    /** With these a cell begins that a spreadsheet takes for a formula; what a PC says of itself may be one. */
    private static final String FORMULA = "=+-@";

    /**
     * @param line of the file, from 1, where the row begins
     * @param cells without blanks at their ends, at least one of them not empty
     */
    record Row(int line, List<String> cells) {}

    private Csv() {}

    /**
     * Lines without a word are left out, also those of separators alone, which spreadsheets write for rows that were emptied.
     *
     * @throws ApiProblem when a quote is not closed
     */
    static List<Row> parse(String text) throws ApiProblem {
        List<Row> rows = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        int line = 1;
        int begin = 1;
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        char separator = separator(plain);
        for (int at = 0; at < plain.length(); at++) {
            char next = plain.charAt(at);
            if (next == '\n') {
                line++;
            }
            if (quoted) {
                if (next != '"') {
                    cell.append(next);
                } else if (at + 1 < plain.length() && plain.charAt(at + 1) == '"') {
                    cell.append('"');
                    at++;
                } else {
                    quoted = false;
                }
            } else if (next == '"' && cell.isEmpty()) {
                quoted = true;
            } else if (next == separator) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else if (next == '\n') {
                end(rows, cells, cell, begin);
                cells = new ArrayList<>();
                cell.setLength(0);
                begin = line;
            } else if (next != '\r') {
                cell.append(next);
            }
        }
        if (quoted) {
            throw ApiProblem.of(
                    ProblemKind.NOT_UNDERSTOOD, "line " + begin + ": a quote is not closed", "close it with \"");
        }
        end(rows, cells, cell, begin);
        return rows;
    }

    /** Spreadsheets of half of Europe write semicolons. */
    private static char separator(String text) {
        String head = text.lines().findFirst().orElse("");
        return head.indexOf(';') >= 0 && head.indexOf(',') < 0 ? ';' : ',';
    }

    private static void end(List<Row> rows, List<String> cells, StringBuilder cell, int line) {
        cells.add(cell.toString());
        if (cells.stream().anyMatch(each -> !each.isBlank())) {
            rows.add(new Row(
                    line, cells.stream().map(each -> plain(each.strip())).toList()));
        }
    }

    /** With its end. */
    static String line(List<String> cells) {
        return String.join(",", cells.stream().map(cell -> quoted(text(cell))).toList()) + "\r\n";
    }

    /** An apostrophe before it makes a text of it, which spreadsheets keep; {@link #plain} takes it away. */
    private static String text(String cell) {
        return isFormula(cell) ? "'" + cell : cell;
    }

    private static String plain(String cell) {
        return cell.startsWith("'") && isFormula(cell.substring(1)) ? cell.substring(1) : cell;
    }

    private static boolean isFormula(String cell) {
        return !cell.isEmpty() && FORMULA.indexOf(cell.charAt(0)) >= 0;
    }

    private static String quoted(String cell) {
        return cell.chars().anyMatch(each -> each == ',' || each == '"' || each == ';' || each < ' ')
                        || !cell.equals(cell.strip())
                ? '"' + cell.replace("\"", "\"\"") + '"'
                : cell;
    }
}
