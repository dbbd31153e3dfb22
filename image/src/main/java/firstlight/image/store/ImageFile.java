package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.model.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A version of an image in one file, written and read from front to end.
 *
 * <pre>
 * 89 46 4C 58 0D 0A 1A 0A, u32 version 1
 * u32 length, the image's name and version as text; u32 length, its notes; u32 length, its manifest
 * each chunk once, in the manifest's order: 32 octets id, u32 length, zstd frame
 * 32 octets of zero; 32 octets SHA-256 of everything before
 * </pre>
 */
public final class ImageFile {
    private static final byte[] MAGIC = {(byte) 0x89, 'F', 'L', 'X', '\r', '\n', 0x1A, '\n'};
    private static final int VERSION = 1;
    /** What a length may claim before memory is taken for it; {@link firstlight.image.manifest.ManifestCodec} has its own limit. */
    private static final int LONGEST_MANIFEST = 1 << 30;

    private static final int BUFFER = 1 << 18;
    /** Octets of chunks that are in memory at once. */
    private static final int BATCH = 4 << 20;

    private ImageFile() {}

    /** Whether {@code file} begins as an exported image does. */
    public static boolean isOne(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        }
    }

    /** Whether {@code file} ends with the SHA-256 of what is before: reads all of it, and looks at nothing else. */
    public static boolean isWhole(Path file) throws IOException {
        MessageDigest sha256 = Sha256.fresh();
        long left = Files.size(file) - ChunkId.LENGTH;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            byte[] buffer = new byte[BUFFER];
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (count < 0) {
                    return false;
                }
                sha256.update(buffer, 0, count);
                left -= count;
            }
            return left == 0 && Arrays.equals(in.readAllBytes(), sha256.digest());
        }
    }

    /** Every chunk is verified on its way; {@code into} is flushed, not closed. */
    public static void write(ImageStore store, ImageVersion version, OutputStream into, Progress progress)
            throws IOException {
        MessageDigest sha256 = Sha256.fresh();
        try (Hold _ = store.hold(version);
                ChunkCodec codec = new ChunkCodec(1)) {
            byte[] manifest = store.encoded(version);
            DataOutputStream out =
                    new DataOutputStream(new DigestOutputStream(new BufferedOutputStream(into, BUFFER), sha256));
            out.write(MAGIC);
            out.writeInt(VERSION);
            write(out, version.name().getBytes(StandardCharsets.UTF_8));
            write(out, NotesCodec.encode(version.notes()));
            write(out, manifest);
            Set<ChunkId> distinct = new HashSet<>();
            List<ChunkId> ids = new ArrayList<>();
            Manifest decoded = ManifestCodec.decode(manifest);
            int size = decoded.chunkSize();
            int atOnce = BATCH / size;
            decoded.forEachChunk(id -> {
                if (distinct.add(id)) {
                    ids.add(id);
                }
            });
            byte[] raw = new byte[ChunkId.LENGTH];
            long done = 0;
            for (int from = 0; from < ids.size(); from += atOnce) {
                List<ChunkId> batch = ids.subList(from, Math.min(ids.size(), from + atOnce));
                List<byte[]> frames = store.source().get(batch);
                for (int i = 0; i < batch.size(); i++) {
                    codec.check(batch.get(i), frames.get(i));
                    batch.get(i).put(raw, 0);
                    out.write(raw);
                    write(out, frames.get(i));
                }
                done += (long) batch.size() * size;
                progress.progress(Progress.Phase.COPYING, done, (long) ids.size() * size);
            }
            out.write(new byte[ChunkId.LENGTH]);
            byte[] digest = sha256.digest();
            out.write(digest);
            out.flush();
        }
    }

    /**
     * Makes what {@code from} holds the next version of {@code as}, or of the image that it was. Nothing is published unless
     * every octet was right; what was stored until then is garbage for the next collection.
     *
     * @param entry for the new version's history; its text is followed by what the file was exported from
     * @param as the name that it gets here; empty for the one in the file
     * @throws ImageFailure when it is no such file, damaged, or its chunks cannot be stored
     */
    public static ImageVersion read(
            InputStream from, ImageStore store, Optional<ImageName> as, VersionNotes.Entry entry, Progress progress)
            throws IOException {
        MessageDigest sha256 = Sha256.fresh();
        try (Hold _ = store.hold()) {
            DataInputStream in =
                    new DataInputStream(new DigestInputStream(new BufferedInputStream(from, BUFFER), sha256));
            byte[] magic = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new ImageFailure(
                        "This is no exported image",
                        "it does not begin as one",
                        "Name a file that firstlight image export wrote; for raw, qcow2, VHD(X) or VMDK files use --format");
            }
            int version = in.readInt();
            if (version != VERSION) {
                throw new ImageFailure(
                        "The exported image is of another version of Firstlight",
                        "its format is " + version,
                        "Import it with the Firstlight that wrote it, or a newer one");
            }
            String name = new String(block(in, 1000), StandardCharsets.UTF_8);
            VersionNotes notes = NotesCodec.decode(block(in, 1 << 24)).orElseThrow(() -> damaged("its notes"));
            Manifest manifest = ManifestCodec.decode(block(in, LONGEST_MANIFEST));
            chunks(in, manifest, store, progress);
            byte[] expected = sha256.digest();
            if (!Arrays.equals(in.readNBytes(expected.length), expected)) {
                throw damaged("its SHA-256 is not that of its content");
            }
            ImageName image = as.orElseGet(() -> new ImageName(name.substring(0, Math.max(0, name.indexOf('@')))));
            return switch (store.publish(image, manifest)) {
                case Publication.Published(ImageVersion published) ->
                    store.change(
                            published,
                            _ -> VersionNotes.NONE
                                    .withNote(notes.note())
                                    .and(entry.at(), entry.who(), entry.what() + " from an export of " + name));
                case Publication.Incomplete(var missing) -> throw damaged(missing.size() + " chunks are not in it");
            };
        } catch (EOFException end) {
            throw damaged("it ends too early");
        } catch (IllegalArgumentException malformed) {
            throw damaged(String.valueOf(malformed.getMessage()));
        }
    }

    private static void chunks(DataInputStream in, Manifest manifest, ImageStore store, Progress progress)
            throws IOException {
        Set<ChunkId> wanted = new HashSet<>();
        manifest.forEachChunk(wanted::add);
        int size = manifest.chunkSize();
        long total = (long) wanted.size() * size;
        long done = 0;
        byte[] raw = new byte[ChunkId.LENGTH];
        List<ChunkFrame> batch = new ArrayList<>();
        while (true) {
            in.readFully(raw);
            ChunkId id = ChunkId.at(raw, 0);
            if (id.isZero() || batch.size() == BATCH / size) {
                put(batch, store);
                done += (long) batch.size() * size;
                progress.progress(Progress.Phase.COPYING, done, total);
                batch.clear();
            }
            if (id.isZero()) {
                return;
            }
            if (!wanted.contains(id)) {
                throw damaged("it holds chunk " + id + ", which its manifest does not name");
            }
            batch.add(new ChunkFrame(id, block(in, Chunk.MAX_FRAME)));
        }
    }

    private static void put(List<ChunkFrame> batch, ImageStore store) throws IOException {
        try {
            store.sink().put(batch);
        } catch (DamagedChunk found) {
            throw damaged(found.what() + ", " + found.cause());
        }
    }

    private static void write(DataOutputStream out, byte[] block) throws IOException {
        out.writeInt(block.length);
        out.write(block);
    }

    private static byte[] block(DataInputStream in, int longest) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > longest) {
            throw damaged("a part of it claims " + Integer.toUnsignedString(length) + " octets");
        }
        byte[] block = in.readNBytes(length);
        if (block.length < length) {
            throw new EOFException();
        }
        return block;
    }

    private static ImageFailure damaged(String cause) {
        return new ImageFailure("The exported image is damaged", cause, "Copy it again, or export it again");
    }
}
