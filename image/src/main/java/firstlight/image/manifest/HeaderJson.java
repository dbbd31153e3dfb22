package firstlight.image.manifest;

import firstlight.image.manifest.ManifestHeader.JsonDisk;
import firstlight.image.manifest.ManifestHeader.JsonRegion;
import firstlight.image.manifest.ManifestHeader.JsonRun;
import firstlight.image.table.Place;
import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A manifest's header to JSON and back, as docs/format/image.md has it. Keys that this program does not know are left out; one
 * that it knows and a manifest lacks makes that malformed, but for those that came later ({@code partition}, {@code unreadable}).
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
            if (!header.partition().isEmpty()) {
                json.writeStringProperty("partition", header.partition());
            }
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
        if (!disk.unreadable().isEmpty()) {
            json.writeArrayPropertyStart("unreadable");
            for (Place place : disk.unreadable()) {
                json.writeStartObject();
                json.writeNumberProperty("offset", place.start());
                json.writeNumberProperty("length", place.length());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
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
        JsonTree header = JsonTree.parse(text);
        return new ManifestHeader(
                header.text("made"),
                header.text("maker"),
                header.count("chunkSize"),
                header.byKey().containsKey("partition") ? header.text("partition") : "",
                header.objects("disks").stream().map(HeaderJson::disk).toList(),
                header.texts("notes"));
    }

    private static JsonDisk disk(JsonTree disk) {
        return new JsonDisk(
                disk.number("size"),
                disk.count("sectorSize"),
                disk.text("table"),
                disk.objects("sectors").stream()
                        .map(run -> new JsonRun(run.number("offset"), run.text("octets")))
                        .toList(),
                disk.objects("regions").stream().map(HeaderJson::region).toList(),
                disk.byKey().containsKey("unreadable")
                        ? disk.objects("unreadable").stream()
                                .map(place -> new Place(place.number("offset"), place.number("length")))
                                .toList()
                        : List.of());
    }

    private static JsonRegion region(JsonTree region) {
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
}
