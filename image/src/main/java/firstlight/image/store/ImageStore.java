package firstlight.image.store;

import firstlight.image.Progress;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.Manifest;
import java.io.Closeable;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Where images are kept. A version is there whole or not at all, whenever the power fails. Used by many threads. */
public interface ImageStore extends Closeable {
    /** Verifies every chunk before it takes it: for chunks that come from somebody else. */
    ChunkSink sink();

    /** Does not verify: for the process that has just hashed the chunks itself. */
    ChunkSink trustingSink();

    ChunkSource source();

    /**
     * Which of {@code ids} {@link #source} cannot give, as far as the store knows; by their place in the list. Keeps nothing, and
     * waits for nobody: not for a pack on its way to an S3 server either, as the sink does.
     */
    BitSet lacking(List<ChunkId> ids);

    /** Makes a manifest the next version of {@code image}, once every chunk it names is safely stored. */
    Publication publish(ImageName image, Manifest manifest) throws IOException;

    /**
     * Makes a version of another store one of this store too, under its number and octet for octet, once every chunk that
     * it names is here. One that is here already is answered as it is.
     *
     * @param encoded its {@link #encoded} form
     * @param notes what is said of it from now on
     * @throws firstlight.image.ImageFailure when that number is another version here, or was removed
     */
    Publication adopt(ImageName image, int number, byte[] encoded, VersionNotes notes) throws IOException;

    /**
     * Puts what another store has of a version in the place of a manifest that is damaged here.
     *
     * @param encoded its {@link #encoded} form there
     * @return the version as it is now
     * @throws firstlight.image.ImageFailure when nothing proves that it is the same version
     */
    ImageVersion mend(ImageVersion damaged, byte[] encoded) throws IOException;

    /** Returns when every chunk that was put before is durable: for chunks that no new version names. */
    void sync() throws IOException;

    /** Reads the chunk and hashes it. False when it is not here or damaged; it counts as missing from then on. */
    boolean check(ChunkId id) throws IOException;

    /** All versions of all images, by name, then number. */
    List<ImageVersion> list() throws IOException;

    /** Those that were removed, with their notes only. */
    List<ImageVersion> removed() throws IOException;

    /** The version {@code number} of {@code image}; the latest when {@code number} is 0. */
    Optional<ImageVersion> find(ImageName image, int number) throws IOException;

    /**
     * The newest version of each image, from memory: waits neither for the
     * disk nor for whoever writes. Empty until the versions were read once.
     */
    Optional<Map<ImageName, Integer>> newest();

    /** Reads and verifies the manifest. Its encoded form is {@link #encoded}. */
    Manifest open(ImageVersion version) throws IOException;

    /**
     * The manifest's file, as {@link firstlight.image.manifest.ManifestCodec} reads it.
     *
     * @throws DamagedManifest when it is not what it was; not while nobody can look
     */
    byte[] encoded(ImageVersion version) throws IOException;

    /** Changes what people say of a version; the version as it is then. A tag leaves the version that had it before. */
    ImageVersion change(ImageVersion version, UnaryOperator<VersionNotes> change) throws IOException;

    /**
     * Takes a version away, but not its number. Its chunks go with the next {@link #collect}.
     *
     * @throws firstlight.image.ImageFailure when it is protected, held, or gone already
     */
    default void remove(ImageVersion version, VersionNotes.Entry entry) throws IOException {
        remove(version, _ -> true, entry);
    }

    /**
     * As {@link #remove(ImageVersion, VersionNotes.Entry)}.
     *
     * @param still what must be so of its notes at that very moment
     */
    void remove(ImageVersion version, Predicate<VersionNotes> still, VersionNotes.Entry entry) throws IOException;

    /** Keeps each chunk that is put, or is told to be there, from now on: for whoever is going to publish. */
    Hold hold();

    /** Keeps a version: for whoever reads it. */
    Hold hold(ImageVersion version) throws IOException;

    /** Chunks that are to be kept though no manifest of the store names them. */
    interface Unpublished {
        void forEachChunk(Consumer<ChunkId> keep) throws IOException;
    }

    default Freed collect(boolean dryRun, Progress progress) throws IOException {
        return collect(dryRun, _ -> {}, progress);
    }

    /**
     * Removes the chunks that no manifest names and no hold keeps. Goes on while others read and write.
     *
     * @param dryRun only tells what it would do
     * @param unpublished asked when a {@link #hold} that begins keeps all that it touches
     */
    Freed collect(boolean dryRun, Unpublished unpublished, Progress progress) throws IOException;

    /**
     * Writes packs anew whose chunks were packed at a lower level than {@code level}: what a capture sends is packed quickly, what
     * lies in a store is packed well. The chunks stay the same ones. Goes on while others read and write.
     *
     * @param level zstd's, 1 to 22
     * @param threads how many do it, each at the lowest priority
     */
    Repacked repack(int level, int threads, Progress progress) throws IOException;

    /**
     * Unpacks and hashes chunks of {@code version}. What is damaged counts as missing from then on, so that the next capture
     * or another store brings it again.
     *
     * @param percent how many of its chunks, chosen at random; 100 for all
     */
    List<Damage> verify(ImageVersion version, int percent, Progress progress) throws IOException;

    default List<Damage> verify(ImageVersion version, Progress progress) throws IOException {
        return verify(version, 100, progress);
    }

    /** What was found damaged when the store was opened, in words. */
    List<String> troubles();
}
