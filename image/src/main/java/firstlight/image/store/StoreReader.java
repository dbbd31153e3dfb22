package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The images that a store holds at this moment, to be read beside the server that has it open. Nothing is
 * written there; what comes into the store later is not seen, what moves within it is followed.
 */
public final class StoreReader implements Closeable {
    /** So often does a server not collect while this looks once, and so much longer than a look does it do something else. */
    private static final int LOOKS = 10;

    /** What was lost may have come back into a pack that is known already: the one that the server appends to. */
    private static final long ANEW = Duration.ofMinutes(1).toNanos();

    private final Shelf shelf;
    private final Versions versions;
    private final LongSupplier nanoTime;
    /** The last one is right, or was when it was looked for; the one before may still be read from. */
    private final List<Look> looks = new ArrayList<>();

    /**
     * @param names of what lay there just before
     * @param again when what was lost is looked for anew, by {@link #nanoTime}; a store in a bucket may take long to look at
     */
    private record Look(Packs packs, Set<String> names, long again) {}

    private StoreReader(Shelf shelf, LongSupplier nanoTime) throws IOException {
        this.shelf = shelf;
        this.nanoTime = nanoTime;
        this.versions = new Versions(shelf, nanoTime);
        this.looks.add(look());
    }

    /** The server may delete a pack that it has just collected or packed anew, after the list and before this opens it. */
    private Look look() throws IOException {
        for (int attempt = 1; ; attempt++) {
            long begun = nanoTime.getAsLong();
            try {
                Set<String> names = names();
                Packs packs = Packs.open(shelf, new PackIndex());
                long done = nanoTime.getAsLong();
                return new Look(packs, names, done + Math.max(ANEW, LOOKS * (done - begun)));
            } catch (NoSuchFileException collected) {
                if (attempt == LOOKS) {
                    throw collected;
                }
            }
        }
    }

    /** Of the packs alone: lists and what was found damaged come and go without them. */
    private Set<String> names() throws IOException {
        return shelf.list(Packs.FOLDER).stream()
                .filter(name -> name.endsWith(".pack"))
                .collect(Collectors.toSet());
    }

    private synchronized Packs newest() {
        return looks.getLast().packs();
    }

    /** What moved a chunk deleted the pack where it was: while the same ones are there, what is lost stays so, or is healed. */
    private boolean isRight(Look look) throws IOException {
        try {
            return nanoTime.getAsLong() - look.again() < 0 && look.names().equals(names());
        } catch (NoSuchFileException collected) {
            return false;
        }
    }

    private synchronized Packs after(Packs before) throws IOException {
        if (looks.getLast().packs() == before && !isRight(looks.getLast())) {
            looks.add(look());
            if (looks.size() > 2) {
                looks.removeFirst().packs().close();
            }
        }
        return looks.getLast().packs();
    }

    /**
     * From where the server has moved it by now, if need be: in a bucket a pack that is deleted cannot be read on. A damaged
     * chunk is no sign of a move: it is told.
     */
    private byte[] frame(ChunkId id) throws IOException {
        Packs here = newest();
        try {
            return here.chunks().get(id);
        } catch (DamagedChunk damaged) {
            throw damaged;
        } catch (ImageFailure collected) {
            return after(here).chunks().get(id);
        }
    }

    /** Closes {@code shelf} when it fails. */
    static StoreReader open(Shelf shelf) throws IOException {
        return open(shelf, System::nanoTime);
    }

    /** @param nanoTime of a clock that nobody can set */
    static StoreReader open(Shelf shelf, LongSupplier nanoTime) throws IOException {
        try {
            return new StoreReader(shelf, nanoTime);
        } catch (IOException broken) {
            shelf.close();
            throw broken;
        }
    }

    public static StoreReader open(Path directory) throws IOException {
        Path manifests = directory.resolve("manifests");
        if (!Files.isDirectory(manifests)) {
            throw new ImageFailure(
                    "There is no image store in " + directory,
                    manifests + " is not there",
                    "Name the server's data directory with --data, on the server itself");
        }
        return open(DiskShelf.openForReading(directory));
    }

    /** Of a store in a bucket. */
    public static StoreReader open(S3Settings settings) throws IOException {
        return open(S3Reading.of(settings));
    }

    /** The version {@code number} of {@code image}; the latest when {@code number} is 0. */
    public Optional<ImageVersion> find(ImageName image, int number) throws IOException {
        return versions.find(image, number);
    }

    /** The version of {@code image} that has that tag. */
    public Optional<ImageVersion> tagged(ImageName image, String tag) throws IOException {
        return versions.all().stream()
                .filter(version -> !version.notes().removed())
                .filter(version ->
                        version.image().equals(image) && version.notes().tags().contains(tag))
                .findFirst();
    }

    public Manifest open(ImageVersion version) throws IOException {
        return ManifestCodec.decode(ManifestFile.read(shelf, version));
    }

    public ChunkSource source() {
        return ids -> {
            List<byte[]> frames = new ArrayList<>(ids.size());
            for (ChunkId id : ids) {
                frames.add(frame(id));
            }
            return frames;
        };
    }

    @Override
    public void close() throws IOException {
        try (shelf) {
            for (Look each : looks) {
                each.packs().close();
            }
        }
    }
}
