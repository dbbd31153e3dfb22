package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.JsonTree;
import firstlight.model.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** {@link VersionNotes} as a file: the SHA-256 of what follows, in hexadecimal, on a line of its own; then JSON. */
final class NotesCodec {
    private static final JsonFactory JSON = new JsonFactory();

    private NotesCodec() {}

    /**
     * As they stand in a store.
     *
     * @param change counts the changes of all notes of the store; 0 for notes from before that was written down
     * @param manifest the SHA-256 that ends the manifest's file; empty for notes from before that was written down
     */
    record Kept(VersionNotes notes, long change, Bytes manifest) {}

    /** Notes alone, for an exported image: without the number of the change and the digest, which are the store's. */
    static byte[] encode(VersionNotes notes) {
        return encode(new Kept(notes, 0, Bytes.EMPTY));
    }

    static byte[] encode(Kept kept) {
        VersionNotes notes = kept.notes();
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), octets)) {
            json.writeStartObject();
            json.writeStringProperty("note", notes.note());
            json.writeArrayPropertyStart("tags");
            notes.tags().forEach(json::writeString);
            json.writeEndArray();
            json.writeNumberProperty("protected", notes.kept() ? 1 : 0);
            json.writeStringProperty(
                    "expires", notes.expires().map(Instant::toString).orElse(""));
            json.writeNumberProperty("removed", notes.removed() ? 1 : 0);
            json.writeArrayPropertyStart("history");
            for (VersionNotes.Entry entry : notes.history()) {
                json.writeStartObject();
                json.writeStringProperty("at", entry.at().toString());
                json.writeStringProperty("who", entry.who());
                json.writeStringProperty("what", entry.what());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberProperty("change", kept.change());
            json.writeStringProperty("manifest", kept.manifest().toHex());
            json.writeEndObject();
        }
        byte[] body = octets.toByteArray();
        byte[] head = (ChunkId.of(body, 0, body.length) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] file = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, file, head.length, body.length);
        return file;
    }

    /** Empty when the file is damaged. */
    static Optional<VersionNotes> decode(byte[] file) {
        return kept(file).map(Kept::notes);
    }

    /** Empty when the file is damaged. */
    static Optional<Kept> kept(byte[] file) {
        int head = 2 * ChunkId.LENGTH + 1;
        if (file.length < head
                || !new String(file, 0, head, StandardCharsets.US_ASCII)
                        .equals(ChunkId.of(file, head, file.length - head) + "\n")) {
            return Optional.empty();
        }
        JsonTree json = JsonTree.parse(new String(file, head, file.length - head, StandardCharsets.UTF_8));
        String expires = json.text("expires");
        VersionNotes notes = new VersionNotes(
                json.text("note"),
                new TreeSet<>(json.texts("tags")),
                json.number("protected") == 1,
                expires.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(expires)),
                json.number("removed") == 1,
                json.objects("history").stream()
                        .map(entry -> new VersionNotes.Entry(
                                Instant.parse(entry.text("at")), entry.text("who"), entry.text("what")))
                        .toList());
        return Optional.of(new Kept(notes, json.number("change", 0), Bytes.ofHex(json.text("manifest"))));
    }
}
