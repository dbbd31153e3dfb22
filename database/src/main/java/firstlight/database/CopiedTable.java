package firstlight.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One table on its way from SQLite to PostgreSQL. SQLite's columns hold
 * whatever was put into them; what they are is told by the target's.
 *
 * @param columns in the target's order, with {@link Types} of the target: both sides are read and written by these names
 * @param key of the primary key's columns
 */
record CopiedTable(String name, List<Column> columns, List<String> key) {
    private static final int AT_ONCE = 1000;
    /** What the schema's scripts put there. */
    private static final String NUMBERS = "id_block";

    record Column(String name, int type) {}

    CopiedTable {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    static CopiedTable of(String name, Connection from, Connection to) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (Statement statement = to.createStatement();
                ResultSet none = statement.executeQuery("select * from " + name + " where 1 = 0")) {
            ResultSetMetaData meta = none.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                columns.add(new Column(meta.getColumnName(i), meta.getColumnType(i)));
            }
        }
        List<String> key = new ArrayList<>();
        DatabaseMetaData meta = from.getMetaData();
        try (ResultSet keys = meta.getPrimaryKeys(null, null, name)) {
            while (keys.next()) {
                key.add(keys.getString("COLUMN_NAME"));
            }
        }
        return new CopiedTable(name, columns, key);
    }

    /** Whether it is filled by the schema's scripts, and so never empty. */
    boolean isOurs() {
        return name.equals(NUMBERS);
    }

    void clear(Connection to) throws SQLException {
        try (Statement statement = to.createStatement()) {
            statement.executeUpdate("delete from " + name);
        }
    }

    long count(Connection connection) throws SQLException {
        return number(connection, "select count(*) from " + name);
    }

    /** 0 for no row: {@code sqlite_sequence} has none of a table that never had a row. */
    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /**
     * Into an empty table, in the transaction that {@code to} has open.
     *
     * @param progress told how many rows are done, each {@value #AT_ONCE}
     */
    void copy(Connection from, Connection to, LongConsumer progress) throws SQLException {
        String insert = "insert into " + name + " (" + names() + ") values ("
                + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
        long done = 0;
        try (Statement reading = from.createStatement();
                ResultSet rows = reading.executeQuery("select " + names() + " from " + name);
                PreparedStatement writing = to.prepareStatement(insert)) {
            while (rows.next()) {
                for (int i = 1; i <= columns.size(); i++) {
                    writing.setObject(i, value(rows, i), columns.get(i - 1).type());
                }
                writing.addBatch();
                if (++done % AT_ONCE == 0) {
                    int[] _ = writing.executeBatch();
                    progress.accept(done);
                }
            }
            int[] _ = writing.executeBatch();
        }
        goOnCounting(from, to);
    }

    /** Numbers are never given again, those of rows that are gone neither. */
    private void goOnCounting(Connection from, Connection to) throws SQLException {
        long last = number(from, "select seq from sqlite_sequence where name = '" + name + "'");
        if (last > 0) {
            number(to, "select setval(pg_get_serial_sequence('" + name + "', 'id'), " + last + ")");
        }
    }

    /** The first record that is not the same on both sides. */
    Optional<String> difference(Connection from, Connection to, LongConsumer progress) throws SQLException {
        long here = count(from);
        long there = count(to);
        if (here != there) {
            return Optional.of("table " + name + " has " + there + " rows of " + here);
        }
        try (Statement one = from.createStatement();
                Statement other = to.createStatement()) {
            other.setFetchSize(AT_ONCE); // else all rows come at once
            try (ResultSet left = one.executeQuery(ordered(""));
                    ResultSet right = other.executeQuery(ordered(" collate \"C\""))) {
                for (long done = 1; left.next() && right.next(); done++) {
                    for (int i = 1; i <= columns.size(); i++) {
                        if (!Objects.equals(value(left, i), value(right, i))) {
                            return Optional.of("table " + name + ", record " + done + ", "
                                    + columns.get(i - 1).name());
                        }
                    }
                    if (done % AT_ONCE == 0) {
                        progress.accept(done);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** @param collation by which texts are in SQLite's order, that of their octets */
    private String ordered(String collation) {
        return "select " + names() + " from " + name + " order by "
                + key.stream()
                        .map(part -> part + (isText(part) ? collation : ""))
                        .collect(Collectors.joining(", "));
    }

    private boolean isText(String column) {
        return columns.stream().anyMatch(each -> each.name().equals(column) && each.type() == Types.VARCHAR);
    }

    private String names() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** In the one form that both databases give; a NUL, which PostgreSQL's texts cannot hold, is left out as ever. */
    private @Nullable Object value(ResultSet row, int index) throws SQLException {
        Object value = switch (columns.get(index - 1).type()) {
            case Types.BOOLEAN, Types.BIT -> row.getBoolean(index);
            case Types.BIGINT, Types.INTEGER, Types.SMALLINT -> row.getLong(index);
            default -> row.getString(index);
        };
        if (row.wasNull() || value == null) {
            return null;
        }
        return value instanceof String text ? NulFree.of(text) : value;
    }
}
