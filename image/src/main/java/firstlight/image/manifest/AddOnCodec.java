package firstlight.image.manifest;

import firstlight.image.chunk.Chunk;
import firstlight.image.extents.Extents;
import firstlight.model.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An add-on's table of files; docs/format/image.md tells it in full. Numbers are varints, strings have their length before
 * them, signed numbers are folded (0, -1, 1, -2...).
 *
 * <pre>
 *  number of paths that go; each path
 *  number of entries; each: kind, path, [mode, owner, group, seconds (signed), nanoseconds, number of extended
 *                           attributes; each: name, octets], then by kind
 *      0 folder         -
 *      4 folder whose attributes are set even when it is there
 *      1 plain file     length, offset, number of ranges; each: gap since the last one's end, length (in octets)
 *      2 symbolic link  target
 *      3 twin           path of the plain file; has no attributes of its own
 *      5 6 7            FIFO, character device, block device: major, minor
 *  the content, as a region's table
 * </pre>
 */
final class AddOnCodec {
    private static final int FOLDER = 0;
    private static final int PLAIN = 1;
    private static final int LINK = 2;
    private static final int TWIN = 3;
    private static final int EXACT_FOLDER = 4;

    private AddOnCodec() {}

    static void encode(AddOn addOn, ByteArrayOutputStream out) {
        Varint.put(out, addOn.gone().size());
        addOn.gone().forEach(path -> Varint.put(out, path));
        Varint.put(out, addOn.entries().size());
        addOn.entries().forEach(entry -> encode(entry, out));
        BlocksCodec.encode(addOn.content(), out);
    }

    private static void encode(AddOnEntry entry, ByteArrayOutputStream out) {
        switch (entry) {
            case AddOnEntry.Folder(String path, FileAttributes attributes, boolean exact) ->
                head(out, exact ? EXACT_FOLDER : FOLDER, path, attributes);
            case AddOnEntry.Plain(String path, FileAttributes attributes, long length, Extents data, long offset) -> {
                head(out, PLAIN, path, attributes);
                Varint.put(out, length);
                Varint.put(out, offset);
                Varint.put(out, data.count());
                long end = 0;
                for (int i = 0; i < data.count(); i++) {
                    Varint.put(out, data.start(i) - end);
                    Varint.put(out, data.end(i) - data.start(i));
                    end = data.end(i);
                }
            }
            case AddOnEntry.Link(String path, FileAttributes attributes, String target) -> {
                head(out, LINK, path, attributes);
                Varint.put(out, target);
            }
            case AddOnEntry.Twin(String path, String of) -> {
                out.write(TWIN);
                Varint.put(out, path);
                Varint.put(out, of);
            }
            case AddOnEntry.Special special -> {
                head(out, special.kind().code(), special.path(), special.attributes());
                Varint.put(out, special.major());
                Varint.put(out, special.minor());
            }
        }
    }

    private static void head(ByteArrayOutputStream out, int kind, String path, FileAttributes attributes) {
        out.write(kind);
        Varint.put(out, path);
        Varint.put(out, attributes.mode());
        Varint.put(out, attributes.owner());
        Varint.put(out, attributes.group());
        Instant modified = attributes.modified();
        long seconds = modified.getEpochSecond();
        Varint.put(out, (seconds << 1) ^ (seconds >> 63));
        Varint.put(out, modified.getNano());
        Varint.put(out, attributes.extended().size());
        for (Map.Entry<String, Bytes> attribute : attributes.extended().entrySet()) {
            Varint.put(out, attribute.getKey());
            Varint.put(out, attribute.getValue().toArray());
        }
    }

    static AddOn decode(PartitionChoice partition, ByteBuffer in) {
        List<String> gone = new ArrayList<>();
        for (int left = Varint.count(in); left > 0; left--) {
            gone.add(Varint.text(in));
        }
        List<AddOnEntry> entries = new ArrayList<>();
        for (int left = Varint.count(in); left > 0; left--) {
            entries.add(entry(in));
        }
        return new AddOn(partition, gone, entries, BlocksCodec.decode(Content.Method.RAW, Chunk.SIZE, in));
    }

    private static AddOnEntry entry(ByteBuffer in) {
        int kind = in.get();
        String path = Varint.text(in);
        return switch (kind) {
            case FOLDER, EXACT_FOLDER -> new AddOnEntry.Folder(path, attributes(in), kind == EXACT_FOLDER);
            case PLAIN -> plain(path, attributes(in), in);
            case LINK -> new AddOnEntry.Link(path, attributes(in), Varint.text(in));
            case TWIN -> new AddOnEntry.Twin(path, Varint.text(in));
            default ->
                new AddOnEntry.Special(
                        path,
                        attributes(in),
                        AddOnEntry.Special.Kind.of(kind),
                        Math.toIntExact(Varint.get(in)),
                        Math.toIntExact(Varint.get(in)));
        };
    }

    private static AddOnEntry plain(String path, FileAttributes attributes, ByteBuffer in) {
        long length = Varint.get(in);
        long offset = Varint.get(in);
        Extents.Builder data = new Extents.Builder();
        long end = 0;
        for (int left = Varint.count(in); left > 0; left--) {
            long start = Math.addExact(end, Varint.get(in));
            end = Math.addExact(start, Varint.get(in));
            data.add(start, end);
        }
        return new AddOnEntry.Plain(path, attributes, length, data.build(), offset);
    }

    private static FileAttributes attributes(ByteBuffer in) {
        int mode = Math.toIntExact(Varint.get(in));
        long owner = Varint.get(in);
        long group = Varint.get(in);
        long folded = Varint.get(in);
        long nanos = Varint.get(in);
        Instant modified = Instant.ofEpochSecond((folded >>> 1) ^ -(folded & 1), nanos);
        SortedMap<String, Bytes> extended = new TreeMap<>();
        for (int left = Varint.count(in); left > 0; left--) {
            extended.put(Varint.text(in), Bytes.of(Varint.octets(in)));
        }
        return new FileAttributes(mode, owner, group, modified, extended);
    }
}
