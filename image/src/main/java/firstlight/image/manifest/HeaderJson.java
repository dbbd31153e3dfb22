package firstlight.image.manifest;

import firstlight.image.manifest.ManifestHeader.JsonDisk;
import firstlight.image.manifest.ManifestHeader.JsonRegion;
import firstlight.image.manifest.ManifestHeader.JsonRun;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A manifest's header to JSON and back, over the library's tokens: its binder of objects is as large as the rest of the
 * engine, which the imaging environment carries. Keys that this program does not know are left out.
 */
final class HeaderJson {
    private static final JsonFactory JSON = new JsonFactory();

    private HeaderJson() {}

    static byte[] write(ManifestHeader header) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), octets)) {
            json.writeStartObject();
            json.writeStringProperty("made", header.made());
            json.writeStringProperty("maker", header.maker());
            json.writeNumberProperty("chunkSize", header.chunkSize());
            json.writeArrayPropertyStart("disks");
            for (JsonDisk disk : header.disks()) {
                write(json, disk);
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("notes");
            for (String note : header.notes()) {
                json.writeString(note);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return octets.toByteArray();
    }

    private static void write(JsonGenerator json, JsonDisk disk) {
        json.writeStartObject();
        json.writeNumberProperty("size", disk.size());
        json.writeNumberProperty("sectorSize", disk.sectorSize());
        json.writeStringProperty("table", disk.table());
        json.writeArrayPropertyStart("sectors");
        for (JsonRun run : disk.sectors()) {
            json.writeStartObject();
            json.writeNumberProperty("offset", run.offset());
            json.writeStringProperty("octets", run.octets());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("regions");
        for (JsonRegion region : disk.regions()) {
            write(json, region);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, JsonRegion region) {
        json.writeStartObject();
        json.writeNumberProperty("partition", region.partition());
        json.writeNumberProperty("start", region.start());
        json.writeNumberProperty("length", region.length());
        json.writeStringProperty("fileSystem", region.fileSystem());
        json.writeStringProperty("content", region.content());
        json.writeStringProperty("uuid", region.uuid());
        json.writeStringProperty("label", region.label());
        json.writeNumberProperty("pageSize", region.pageSize());
        json.writeEndObject();
    }

    /** @throws IllegalArgumentException (or the library's own) when {@code text} is no header */
    static ManifestHeader read(String text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            Members header = members(value(parser, parser.nextToken()));
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("something follows the end of its header");
            }
            return new ManifestHeader(
                    header.text("made"),
                    header.text("maker"),
                    header.count("chunkSize"),
                    header.list("disks").stream()
                            .map(disk -> disk(members(disk)))
                            .toList(),
                    header.list("notes").stream().map(HeaderJson::text).toList());
        }
    }

    private static JsonDisk disk(Members disk) {
        return new JsonDisk(
                disk.number("size"),
                disk.count("sectorSize"),
                disk.text("table"),
                disk.list("sectors").stream()
                        .map(HeaderJson::members)
                        .map(run -> new JsonRun(run.number("offset"), run.text("octets")))
                        .toList(),
                disk.list("regions").stream()
                        .map(HeaderJson::members)
                        .map(HeaderJson::region)
                        .toList());
    }

    private static JsonRegion region(Members region) {
        return new JsonRegion(
                region.count("partition"),
                region.number("start"),
                region.number("length"),
                region.text("fileSystem"),
                region.text("content"),
                region.text("uuid"),
                region.text("label"),
                region.count("pageSize"));
    }

    /** A string, a long, a list, a map; null for what no header has (fractions, booleans), which its reader refuses. */
    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new HashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    members.put(name, value(parser, parser.nextToken()));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    elements.add(value(parser, next));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case null, default -> null;
        };
    }

    private record Members(Map<?, ?> byKey) {
        String text(String key) {
            return HeaderJson.text(byKey.get(key));
        }

        long number(String key) {
            if (byKey.get(key) instanceof Long number) {
                return number;
            }
            throw new IllegalArgumentException("'" + key + "' is no whole number");
        }

        int count(String key) {
            return Math.toIntExact(number(key));
        }

        List<?> list(String key) {
            if (byKey.get(key) instanceof List<?> list) {
                return list;
            }
            throw new IllegalArgumentException("'" + key + "' is no array");
        }
    }

    private static Members members(@Nullable Object value) {
        if (value instanceof Map<?, ?> byKey) {
            return new Members(byKey);
        }
        throw new IllegalArgumentException("no object where the format has one");
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no string where the format has one");
    }
}
