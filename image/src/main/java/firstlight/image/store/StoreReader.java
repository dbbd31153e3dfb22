package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The images that a store holds at this moment, to be read beside the server that has it open. Nothing is
 * written there; what comes into the store later is not seen.
 */
public final class StoreReader implements Closeable {
    private final Shelf shelf;
    private final Packs packs;
    private final Versions versions;

    private StoreReader(Shelf shelf) throws IOException {
        this.shelf = shelf;
        this.packs = Packs.open(shelf);
        this.versions = new Versions(shelf);
    }

    public static StoreReader open(Path directory) throws IOException {
        Path manifests = directory.resolve("manifests");
        if (!Files.isDirectory(manifests)) {
            throw new ImageFailure(
                    "There is no image store in " + directory,
                    manifests + " is not there",
                    "Name the server's data directory with --data, on the server itself");
        }
        return new StoreReader(DiskShelf.openForReading(directory));
    }

    /** Of a store in a bucket. */
    public static StoreReader open(S3Settings settings) throws IOException {
        Shelf shelf = S3Reading.of(settings);
        try {
            return new StoreReader(shelf);
        } catch (IOException broken) {
            shelf.close();
            throw broken;
        }
    }

    /** The version {@code number} of {@code image}; the latest when {@code number} is 0. */
    public Optional<ImageVersion> find(ImageName image, int number) throws IOException {
        return versions.all().stream()
                .filter(version -> !version.notes().removed())
                .filter(version -> version.image().equals(image) && (number == 0 || version.number() == number))
                .reduce((earlier, later) -> later);
    }

    public Manifest open(ImageVersion version) throws IOException {
        return ManifestCodec.decode(versions.encoded(version));
    }

    public ChunkSource source() {
        return ids -> {
            List<byte[]> frames = new ArrayList<>(ids.size());
            for (ChunkId id : ids) {
                frames.add(packs.get(id));
            }
            return frames;
        };
    }

    @Override
    public void close() throws IOException {
        try (shelf) {
            packs.close();
        }
    }
}
