package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.model.Bytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What a store has on its shelf of versions, before anything is made of it. */
record VersionFiles(Set<VersionKey> manifests, Map<VersionKey, NotesCodec.Kept> notes) {
    /** No number begins with a zero, so that no version has two files. */
    private static final Pattern FILE =
            Pattern.compile(VersionKey.FOLDER + "/([^/]+)/([1-9][0-9]{0,8})\\.(manifest|notes)");
    /** In place of notes that are there and cannot be read. */
    static final NotesCodec.Kept DAMAGED = new NotesCodec.Kept(VersionNotes.DAMAGED, 0, Bytes.EMPTY);

    static VersionFiles of(Shelf shelf) throws IOException {
        Set<VersionKey> manifests = new HashSet<>();
        Map<VersionKey, NotesCodec.Kept> notes = new HashMap<>();
        for (String name : shelf.list(VersionKey.FOLDER)) {
            var file = FILE.matcher(name);
            if (file.matches() && ImageName.isValid(file.group(1))) {
                VersionKey key = new VersionKey(new ImageName(file.group(1)), Integer.parseInt(file.group(2)));
                if (file.group(3).equals("notes")) {
                    notes.put(key, notes(shelf, name));
                } else {
                    manifests.add(key);
                }
            }
        }
        return new VersionFiles(manifests, notes);
    }

    private static NotesCodec.Kept notes(Shelf shelf, String name) throws IOException {
        try {
            return NotesCodec.kept(shelf.read(name)).orElse(DAMAGED);
        } catch (IOException unreadable) {
            if (MediumError.is(unreadable)) {
                return DAMAGED;
            }
            throw unreadable;
        }
    }

    /**
     * The version of a manifest, whole or damaged.
     *
     * @param digest what the notes say; empty when they do not
     */
    static ImageVersion look(Shelf shelf, VersionKey key, Bytes digest, VersionNotes notes) throws IOException {
        Function<String, ImageVersion> damaged = damage ->
                ImageVersion.damaged(key.image(), key.number(), digest, damage).with(notes);
        byte[] encoded;
        try {
            encoded = shelf.read(key.manifest());
        } catch (NoSuchFileException gone) {
            return damaged.apply(key.manifest() + " is not there");
        } catch (IOException unreadable) {
            if (MediumError.is(unreadable)) {
                return damaged.apply("the disk cannot read " + key.manifest());
            }
            throw unreadable;
        }
        try {
            Manifest manifest = ManifestCodec.decode(encoded);
            Bytes there = ManifestCodec.digest(encoded);
            return digest.equals(Bytes.EMPTY) || digest.equals(there)
                    ? ImageVersion.of(key.image(), key.number(), there, manifest)
                            .with(notes)
                    : damaged.apply(key.manifest() + " is another version's, " + there.toHex());
        } catch (ImageFailure failure) {
            return damaged.apply(failure.cause());
        }
    }
}
