package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.ImageKind;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Chunks in packs and manifests beside them, wherever the shelf is. Locks in this order: tidying, publishing, then the versions' or the
 * packs' own, never one of these two within the other. Publishing is held over I/O on purpose: what a collection counts must not
 * become visible meanwhile.
 */
final class PackStore implements ImageStore {
    /** Ids that an incomplete publication names at most. */
    private static final int TOLD_MISSING = 1000;

    private final Shelf shelf;
    private final Packs packs;
    private final Versions versions;
    private final VerifyingSink verifying = new VerifyingSink(trustingSink());
    private final Holds holds = new Holds();
    /** Held for a whole collection or packing, of which one runs at a time. */
    private final ReentrantLock tidying = new ReentrantLock();

    /** Held while a version becomes visible or goes away, and while a collection looks which there are. */
    private final ReentrantLock publishing = new ReentrantLock();

    private PackStore(Shelf shelf, Packs packs, LongSupplier nanoTime) {
        this.shelf = shelf;
        this.packs = packs;
        this.versions = new Versions(shelf, nanoTime);
    }

    /** Closes {@code shelf} when it fails. */
    static ImageStore open(Shelf shelf) throws IOException {
        return open(shelf, new PackIndex(), System::nanoTime);
    }

    /**
     * @param index an empty one
     * @param nanoTime of a clock that nobody can set
     */
    static ImageStore open(Shelf shelf, PackIndex index, LongSupplier nanoTime) throws IOException {
        try {
            return new PackStore(shelf, Packs.open(shelf, index), nanoTime);
        } catch (IOException | RuntimeException broken) {
            shelf.close();
            throw broken;
        }
    }

    @Override
    public ChunkSink sink() {
        return verifying;
    }

    @Override
    public ChunkSink trustingSink() {
        return new ChunkSink() {
            @Override
            public BitSet missing(List<ChunkId> ids) {
                BitSet missing = new BitSet(ids.size());
                for (int i = 0; i < ids.size(); i++) {
                    missing.set(i, !packs.touch(ids.get(i)));
                }
                return missing;
            }

            @Override
            public void put(List<ChunkFrame> frames) throws IOException {
                packs.append(frames);
            }
        };
    }

    @Override
    public ChunkSource source() {
        return ids -> {
            List<byte[]> frames = new ArrayList<>(ids.size());
            for (ChunkId id : ids) {
                frames.add(packs.chunks().get(id));
            }
            return frames;
        };
    }

    @Override
    public BitSet lacking(List<ChunkId> ids) {
        BitSet lacking = new BitSet(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            lacking.set(i, !packs.chunks().has(ids.get(i)));
        }
        return lacking;
    }

    @Override
    public Publication publish(ImageName image, Manifest manifest) throws IOException {
        return complete(image, manifest, () -> versions.add(image, manifest));
    }

    @Override
    public Publication adopt(ImageName image, int number, byte[] encoded, VersionNotes notes) throws IOException {
        return complete(image, ManifestCodec.decode(encoded), () -> versions.adopt(image, number, encoded, notes));
    }

    @Override
    public ImageVersion mend(ImageVersion damaged, byte[] encoded) throws IOException {
        return versions.mend(damaged, encoded);
    }

    /** Makes a version visible. */
    private interface Step {
        ImageVersion run() throws IOException;
    }

    private Publication complete(ImageName image, Manifest manifest, Step step) throws IOException {
        Set<ChunkId> missing = new LinkedHashSet<>();
        publishing.lock();
        try {
            ofOneKind(image, manifest.kind());
            for (int takenBack = -1; takenBack != packs.takenBack(); ) { // by another's sync that failed: look again
                takenBack = packs.takenBack();
                // What was touched no collection takes: whatever is here now is here when the version is visible.
                manifest.forEachChunk(id -> {
                    if (!packs.touch(id) && missing.size() < TOLD_MISSING) {
                        missing.add(id);
                    }
                });
                if (!missing.isEmpty()) {
                    return new Publication.Incomplete(List.copyOf(missing));
                }
                packs.sync();
            }
            return new Publication.Published(step.run());
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure(
                    "Image '" + image + "' cannot be published",
                    broken,
                    shelf.roomCure() + "; the chunks are kept, so that trying again is quick");
        } finally {
            publishing.unlock();
        }
    }

    /** A PC that is to get the newest version of a name must not find files where it looks for a disk. */
    private void ofOneKind(ImageName image, ImageKind kind) throws IOException {
        for (ImageVersion other : list()) {
            if (other.image().equals(image) && other.kind() != kind && other.kind() != ImageKind.UNKNOWN) {
                throw new ImageFailure(
                        "Image '" + image + "' cannot get a version of another kind",
                        other.name() + " is of kind " + other.kind().word() + ", this one of kind " + kind.word(),
                        "Take another name for it");
            }
        }
    }

    @Override
    public void sync() throws IOException {
        packs.sync();
    }

    @Override
    public boolean check(ChunkId id) throws IOException {
        try (ChunkCodec codec = new ChunkCodec(1)) {
            boolean sound = new Examination(packs, codec).of(id).isEmpty();
            packs.damage().save();
            return sound;
        }
    }

    @Override
    public List<ImageVersion> list() throws IOException {
        return versions.all().stream()
                .filter(version -> !version.notes().removed())
                .toList();
    }

    @Override
    public List<ImageVersion> removed() throws IOException {
        return versions.known().stream()
                .filter(version -> version.notes().removed())
                .toList();
    }

    @Override
    public Optional<ImageVersion> find(ImageName image, int number) throws IOException {
        return versions.find(image, number);
    }

    @Override
    public Optional<Map<ImageName, Integer>> newest() {
        return versions.newest();
    }

    @Override
    public Manifest open(ImageVersion version) throws IOException {
        return ManifestCodec.decode(encoded(version));
    }

    @Override
    public byte[] encoded(ImageVersion version) throws IOException {
        return ManifestFile.read(shelf, version);
    }

    @Override
    public ImageVersion change(ImageVersion version, UnaryOperator<VersionNotes> change) throws IOException {
        return versions.change(version, change);
    }

    @Override
    public void remove(ImageVersion version, Predicate<VersionNotes> still, VersionNotes.Entry entry)
            throws IOException {
        publishing.lock();
        try {
            if (holds.keeps(version)) {
                throw new ImageFailure(
                        version.name() + " is in use", "somebody reads it", "Try again when that has ended");
            }
            versions.remove(version, still, entry);
        } finally {
            publishing.unlock();
        }
    }

    @Override
    public Hold hold() {
        // By era: what is put, or told to be there, from now on is not older.
        int era = packs.index().era();
        holds.add(era);
        return once(() -> holds.remove(era));
    }

    @Override
    public Hold hold(ImageVersion version) throws IOException {
        publishing.lock();
        try {
            if (find(version.image(), version.number()).isEmpty()) {
                throw new ImageFailure(version.name() + " is gone", "it was removed", "See firstlight image list");
            }
            holds.add(version);
        } finally {
            publishing.unlock();
        }
        return once(() -> holds.remove(version));
    }

    private static Hold once(Runnable release) {
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                release.run();
            }
        };
    }

    @Override
    public Freed collect(boolean dryRun, Unpublished unpublished, Progress progress) throws IOException {
        tidy();
        try {
            int keepFrom;
            List<ImageVersion> all;
            publishing.lock();
            try { // who publishes afterwards moves all chunks of the manifest to the new era
                versions.settle();
                int era = packs.index().beginEra();
                keepFrom = holds.oldest(era);
                all = list();
            } finally {
                publishing.unlock();
            }
            for (ImageVersion version : all) {
                if (!version.damage().isEmpty()) {
                    throw new ImageFailure(
                            "Nothing was collected, for nobody can know which chunks " + version.name() + " needs",
                            "its manifest is damaged (" + version.damage() + ")",
                            "Put the right file back, or firstlight image remove " + version.name());
                }
                mark(version);
            }
            unpublished.forEachChunk(id -> packs.index().touch(id));
            return new Collector(packs, keepFrom).collect(dryRun, progress);
        } finally {
            tidying.unlock();
        }
    }

    /** @throws ImageFailure when somebody tidies already; else {@link #tidying} is held */
    private void tidy() throws ImageFailure {
        if (!tidying.tryLock()) {
            throw new ImageFailure(
                    "The image store " + shelf + " is being tidied already",
                    "one garbage collection or packing runs at a time",
                    "See firstlight image jobs");
        }
    }

    @Override
    public Repacked repack(int level, int threads, Progress progress) throws IOException {
        tidy();
        try {
            return new Repacking(packs, planned(), level, threads).run(progress);
        } finally {
            tidying.unlock();
        }
    }

    /** By chunk of a version, the one at its place in the version before; the list goes by image and number. */
    private Map<ChunkId, ChunkId> planned() throws IOException {
        Bases bases = new Bases(packs.bases());
        Optional<ImageVersion> before = Optional.empty();
        Optional<Manifest> old = Optional.empty();
        for (ImageVersion version : list()) {
            Optional<Manifest> manifest = version.damage().isEmpty() ? readable(version) : Optional.empty();
            if (old.isPresent()
                    && manifest.isPresent()
                    && before.filter(each -> each.image().equals(version.image()))
                            .isPresent()) {
                bases.follow(old.get(), manifest.get());
            }
            before = Optional.of(version);
            old = manifest;
        }
        return bases.planned();
    }

    private Optional<Manifest> readable(ImageVersion version) {
        try {
            return Optional.of(open(version));
        } catch (IOException removedOrDamaged) {
            return Optional.empty(); // then nothing is told by its difference from it
        }
    }

    /** Moves all chunks of a version to the new era, which the collection spares. */
    private void mark(ImageVersion version) throws IOException {
        try {
            open(version).forEachChunk(id -> packs.index().touch(id));
        } catch (ImageFailure failure) {
            if (find(version.image(), version.number()).isPresent()) {
                throw failure;
            } // it was removed meanwhile
        }
    }

    @Override
    public List<Damage> verify(ImageVersion version, int percent, Progress progress) throws IOException {
        try (Hold _ = hold(version)) {
            List<Damage> damages = new Verification(packs, open(version)).run(percent, new Random(), progress);
            packs.damage().save();
            return damages;
        }
    }

    @Override
    public List<String> troubles() {
        return packs.troubles();
    }

    @Override
    public void close() throws IOException {
        try (shelf;
                verifying) {
            packs.close();
        }
    }
}
