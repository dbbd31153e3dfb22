package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.model.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The versions of a store: {@code manifests/NAME/1.manifest}, never changed once it is there, and {@code 1.notes} beside it.
 * Read once; all that changes them afterwards goes through here.
 */
final class Versions {
    private final Shelf shelf;
    private final Looks looks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VersionKey, ImageVersion> known = new TreeMap<>();
    /** Their notes' files name a tag that another version has by now, or do not say which manifest is theirs. */
    private final Set<VersionKey> stale = new LinkedHashSet<>();
    /** Writing their manifests failed, so that nobody knows whether they are there. */
    private final Set<VersionKey> unsure = new HashSet<>();

    /** Of the notes that were changed last. */
    private long lastChange;

    private boolean read;

    /** Whether {@link #known} is another than {@link #newest} was made of. */
    private boolean changed;
    /** Of the versions that are there, as {@link #known} was when the lock was last let go; empty until they were read. */
    private volatile Optional<Map<ImageName, Integer>> newest = Optional.empty();

    /** @param nanoTime of a clock that nobody can set */
    Versions(Shelf shelf, LongSupplier nanoTime) {
        this.shelf = shelf;
        this.looks = new Looks(shelf, nanoTime);
    }

    /** With the number after the highest that ever was: removed ones keep theirs. */
    ImageVersion add(ImageName image, Manifest manifest) throws IOException {
        lock.lock();
        try {
            read();
            int number = known.keySet().stream()
                            .filter(key -> key.image().equals(image))
                            .mapToInt(VersionKey::number)
                            .max()
                            .orElse(0)
                    + 1;
            Spelling.check(image, known.keySet(), shelf);
            VersionKey key = new VersionKey(image, number);
            byte[] encoded = ManifestCodec.encode(manifest);
            writeManifest(key, encoded);
            ImageVersion version = ImageVersion.of(image, number, ManifestCodec.digest(encoded), manifest);
            know(key, version);
            try {
                write(key, version);
            } catch (IOException full) { // it is published all the same; the next collection writes them, or says it
                stale.add(key);
            }
            return version;
        } finally {
            unlock();
        }
    }

    /**
     * The version of another store, as it is there.
     *
     * @throws ImageFailure when the number is another version here, or was removed
     */
    ImageVersion adopt(ImageName image, int number, byte[] encoded, VersionNotes notes) throws IOException {
        lock.lock();
        try {
            read();
            VersionKey key = new VersionKey(image, number);
            Bytes digest = ManifestCodec.digest(encoded);
            ImageVersion here = known.get(key);
            if (here == null) {
                Spelling.check(image, known.keySet(), shelf);
                writeManifest(key, encoded);
                ImageVersion made = ImageVersion.of(image, number, digest, ManifestCodec.decode(encoded))
                        .with(notes);
                know(key, made);
                stale.add(key);
                takeTags(key, notes.tags());
                try {
                    writeStale();
                } catch (IOException full) {
                    // as of one that is added: it is here, and nobody would bring its notes again
                }
                return made;
            }
            if (here.notes().removed()) {
                throw new ImageFailure(
                        here.name() + " was removed here",
                        "its number is not used again",
                        "Pull it under another name");
            }
            if (!here.digest().equals(digest) && !here.digest().equals(Bytes.EMPTY)) {
                throw new ImageFailure(
                        here.name() + " differs",
                        "here it is " + here.digest().toHex() + ", there " + digest.toHex(),
                        "Pull it under another name");
            }
            return here.damage().isEmpty() ? here : mend(here, encoded);
        } finally {
            unlock();
        }
    }

    private void writeManifest(VersionKey key, byte[] encoded) throws IOException {
        unsure.add(key);
        shelf.write(key.manifest(), encoded);
        unsure.remove(key);
    }

    /**
     * For a collection, which takes away the chunks of what nobody knows of: what may have been written though that failed (a
     * directory's sync, an answer that got lost) must be no version after a start. And the notes say which manifest is theirs, so that
     * one that is lost can be told.
     */
    void settle() throws IOException {
        lock.lock();
        try {
            read();
            for (VersionKey key : List.copyOf(unsure)) {
                if (!known.containsKey(key)) {
                    shelf.delete(key.manifest());
                }
                unsure.remove(key);
            }
            writeStale();
        } finally {
            unlock();
        }
    }

    /** @throws ImageFailure when nothing proves that {@code encoded} is what the damaged manifest was */
    ImageVersion mend(ImageVersion damaged, byte[] encoded) throws IOException {
        lock.lock();
        try {
            VersionKey key = new VersionKey(damaged.image(), damaged.number());
            ImageVersion here = current(damaged);
            Bytes digest = ManifestCodec.digest(encoded);
            boolean same = here.digest().equals(Bytes.EMPTY)
                    ? Remains.of(shelf, key.manifest()).areOf(encoded)
                    : here.digest().equals(digest);
            if (!same) {
                throw new ImageFailure(
                        here.name() + " cannot be told to be the same version",
                        "what is left of it here does not match " + digest.toHex(),
                        "Pull it under another name");
            }
            writeManifest(key, encoded);
            stale.add(key);
            ImageVersion whole = ImageVersion.of(key.image(), key.number(), digest, ManifestCodec.decode(encoded))
                    .with(here.notes());
            know(key, whole);
            return whole;
        } finally {
            unlock();
        }
    }

    Optional<Map<ImageName, Integer>> newest() {
        return newest;
    }

    private void unlock() {
        try {
            if (read && changed) { // not at each list: engines ask for one with each chunk
                Map<ImageName, Integer> numbers = new HashMap<>();
                known.forEach((key, version) -> {
                    if (!version.notes().removed()) {
                        numbers.merge(key.image(), key.number(), Math::max);
                    }
                });
                newest = Optional.of(Map.copyOf(numbers));
                changed = false;
            }
        } finally { // also when memory runs out: nobody would get in any more
            lock.unlock();
        }
    }

    /** With the lock held, as everything that changes {@link #known}. */
    private void know(VersionKey key, ImageVersion version) {
        known.put(key, version);
        changed = true;
    }

    /** Removed ones too, which are there with their notes only. */
    List<ImageVersion> all() throws IOException {
        for (ImageVersion each : known()) {
            if (!each.damage().isEmpty()) { // somebody may have put the right file back
                look(each);
            }
        }
        return known();
    }

    /** As they were at the last look. */
    List<ImageVersion> known() throws IOException {
        lock.lock();
        try {
            read();
            return List.copyOf(known.values());
        } finally {
            unlock();
        }
    }

    /** The version {@code number}, the latest when that is 0. Of what is damaged at most that one is read for it, and not each time. */
    Optional<ImageVersion> find(ImageName image, int number) throws IOException {
        Optional<ImageVersion> found = latest(image, number);
        if (found.isEmpty() || found.get().damage().isEmpty() || !looks.isTime(VersionKey.of(found.get()))) {
            return found;
        }
        look(found.get());
        return latest(image, number);
    }

    private Optional<ImageVersion> latest(ImageName image, int number) throws IOException {
        return known().stream()
                .filter(version -> !version.notes().removed())
                .filter(version -> version.image().equals(image) && (number == 0 || version.number() == number))
                .reduce((earlier, later) -> later);
    }

    /** Reads without the lock, for which all others would have to wait; what was changed meanwhile stays as it is. */
    private void look(ImageVersion damaged) throws IOException {
        ImageVersion looked = looks.at(VersionKey.of(damaged), damaged);
        lock.lock();
        try {
            known.replace(VersionKey.of(damaged), damaged, looked);
        } finally {
            unlock();
        }
    }

    /**
     * A tag leaves the version that had it before. The new one gets it first: a crash between leaves it on both, and a start takes
     * it from the one whose notes were changed earlier.
     */
    ImageVersion change(ImageVersion version, UnaryOperator<VersionNotes> change) throws IOException {
        lock.lock();
        try {
            VersionKey key = new VersionKey(version.image(), version.number());
            ImageVersion current = current(version);
            writeStale();
            ImageVersion changed = write(key, current.with(change.apply(current.notes())));
            takeTags(key, changed.notes().tags());
            writeStale();
            return changed;
        } finally {
            unlock();
        }
    }

    /** From all other versions of the image. */
    private void takeTags(VersionKey key, Set<String> tags) {
        if (tags.isEmpty()) {
            return;
        }
        for (var entry : known.entrySet()) {
            VersionNotes other = entry.getValue().notes();
            if (entry.getKey().image().equals(key.image())
                    && entry.getKey().number() != key.number()
                    && !Collections.disjoint(other.tags(), tags)) {
                Set<String> rest = new HashSet<>(other.tags());
                rest.removeAll(tags);
                entry.setValue(entry.getValue().with(other.withTags(rest)));
                stale.remove(entry.getKey());
                stale.add(entry.getKey()); // behind the one that took the tag: see writeStale
            }
        }
    }

    /** Before the version that took a tag can lose it: else a start would give it back to the one before. */
    private void writeStale() throws IOException {
        for (VersionKey key : List.copyOf(stale)) {
            ImageVersion version = known.get(key);
            if (version != null) {
                write(key, version);
            }
            stale.remove(key);
        }
    }

    /** Notes first: a start finishes what a crash cut off here. */
    void remove(ImageVersion version, Predicate<VersionNotes> still, VersionNotes.Entry entry) throws IOException {
        lock.lock();
        try {
            VersionKey key = new VersionKey(version.image(), version.number());
            ImageVersion current = current(version);
            if (!still.test(current.notes())) {
                throw new ImageFailure(
                        current.name() + " stays",
                        "what is said of it was changed meanwhile",
                        "See firstlight image show " + current.name());
            }
            if (current.notes().kept()) {
                throw new ImageFailure(
                        current.name() + " is protected",
                        "somebody marked it so",
                        "firstlight image protect " + current.name() + " --off, then remove it");
            }
            VersionNotes removed =
                    current.notes().and(entry.at(), entry.who(), entry.what()).withRemoved();
            try {
                write(key, current.with(removed));
                shelf.delete(key.manifest());
            } catch (IOException full) { // the manifest's room will do for them
                shelf.delete(key.manifest());
                know(key, current.with(removed));
                write(key, current.with(removed));
            }
            writeStale();
        } finally {
            unlock();
        }
    }

    private ImageVersion current(ImageVersion version) throws IOException {
        read();
        ImageVersion current = known.get(new VersionKey(version.image(), version.number()));
        if (current == null || current.notes().removed()) {
            throw new ImageFailure(
                    version.name() + " is gone", "it was removed meanwhile", "See firstlight image list");
        }
        return current;
    }

    private ImageVersion write(VersionKey key, ImageVersion version) throws IOException {
        shelf.write(
                key.notes(), NotesCodec.encode(new NotesCodec.Kept(version.notes(), ++lastChange, version.digest())));
        know(key, version);
        return version;
    }

    private void read() throws IOException {
        if (read) {
            return;
        }
        VersionFiles files = VersionFiles.of(shelf);
        Set<VersionKey> manifests = new HashSet<>(files.manifests());
        Map<VersionKey, Long> changes = new HashMap<>();
        for (var entry : files.notes().entrySet()) {
            VersionKey key = entry.getKey();
            NotesCodec.Kept kept = entry.getValue();
            changes.put(key, kept.change());
            boolean lost = !manifests.contains(key) && !kept.manifest().equals(Bytes.EMPTY);
            if (kept.notes().removed() || !(lost || manifests.contains(key))) {
                shelf.delete(key.manifest());
                manifests.remove(key);
                VersionNotes gone = kept.notes().withRemoved();
                know(key, ImageVersion.removed(key.image(), key.number(), gone));
            } else {
                manifests.add(key);
            }
        }
        for (VersionKey key : manifests) {
            NotesCodec.Kept kept =
                    files.notes().getOrDefault(key, new NotesCodec.Kept(VersionNotes.NONE, 0, Bytes.EMPTY));
            know(key, VersionFiles.look(shelf, key, kept.manifest(), kept.notes()));
            if (kept.manifest().equals(Bytes.EMPTY) && !kept.equals(VersionFiles.DAMAGED)) {
                stale.add(key);
            }
        }
        lastChange = changes.values().stream().mapToLong(Long::longValue).max().orElse(0);
        List<VersionKey> latestFirst = new ArrayList<>(known.keySet());
        latestFirst.sort(Comparator.comparing((VersionKey key) -> changes.getOrDefault(key, 0L))
                .thenComparingInt(VersionKey::number)
                .reversed());
        for (VersionKey key : latestFirst) {
            ImageVersion version = known.get(key);
            takeTags(key, version == null ? Set.of() : version.notes().tags());
        }
        read = true;
        changed = true;
    }
}
