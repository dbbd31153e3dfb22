package firstlight.database;

import firstlight.policy.Device;
import firstlight.policy.LastImage;
import firstlight.policy.Registration;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.statement.SqlStatement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A device as a row. */
final class DeviceRow {
    /** No row comes back when the name is taken: somebody else was faster, and the caller takes another name. */
    static final String INSERT = "insert into device (name, name_key, registration, group_id, own_values, facts, marks,"
            + " last_image, note, created, last_seen) values (:name, :nameKey, :registration, :group, :values, :facts,"
            + " :marks, :lastImage, :note, :seen, :seen) on conflict (name_key) do nothing returning id";
    /** Answers the revision, by which the picture knows the newer of two rows. */
    static final String UPDATE = "update device set name = :name, name_key = :nameKey, registration = :registration,"
            + " group_id = :group, own_values = :values, facts = :facts, marks = :marks, last_image = :lastImage,"
            + " note = :note, last_seen = :seen, revision = revision + 1 where id = :id returning revision";

    private DeviceRow() {}

    static <S extends SqlStatement<S>> S bind(S statement, Device device) {
        return statement
                .bind("name", device.name())
                .bind("nameKey", DevicePicture.key(device.name()))
                .bind("registration", device.registration().name())
                .bind("group", device.group())
                .bind("values", ValuesColumn.write(device.values()))
                .bind("facts", FactsColumn.write(device.facts()))
                .bind("marks", Marks.write(device.marks()))
                .bind("lastImage", device.lastImage().map(DeviceRow::write).orElse(""))
                .bind("note", device.note())
                .bind("seen", device.lastSeen().toEpochMilli());
    }

    static DevicePicture.Row read(ResultSet row) throws SQLException {
        Device device = new Device(
                row.getLong("id"),
                row.getString("name"),
                Registration.valueOf(row.getString("registration")),
                row.getLong("group_id"),
                ValuesColumn.read(row.getString("own_values")),
                FactsColumn.read(row.getString("facts")),
                Marks.read(row.getString("marks")),
                lastImage(row.getString("last_image")),
                row.getString("note"),
                Instant.ofEpochMilli(row.getLong("last_seen")));
        return new DevicePicture.Row(device, row.getLong("revision"));
    }

    private static String write(LastImage last) {
        ObjectNode node = JsonColumn.object()
                .put("image", last.image())
                .put("version", last.version())
                .put("when", last.when().toEpochMilli());
        JsonColumn.texts(node, "add-ons", last.addOns());
        JsonColumn.texts(node, "unfinished", last.unfinished().stream().sorted().toList());
        JsonColumn.texts(node, "parts", last.parts().stream().sorted().toList());
        return JsonColumn.write(node);
    }

    private static Optional<LastImage> lastImage(String column) {
        if (column.isEmpty()) {
            return Optional.empty();
        }
        JsonNode node = JsonColumn.read(column);
        return Optional.of(new LastImage(
                JsonColumn.text(node, "image"),
                Math.toIntExact(JsonColumn.number(node, "version")),
                JsonColumn.texts(node, "add-ons"),
                Set.copyOf(JsonColumn.texts(node, "unfinished")),
                Set.copyOf(JsonColumn.texts(node, "parts")),
                Instant.ofEpochMilli(JsonColumn.number(node, "when"))));
    }
}
