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
 * The images that a store on this disk holds at this moment, to be read beside the server that has it open. Nothing is
 * written there; what comes into the store later is not seen.
 */
public final class StoreReader implements Closeable {
    private final Packs packs;
    private final Versions versions;

    private StoreReader(Packs packs, Versions versions) {
        this.packs = packs;
        this.versions = versions;
    }

    public static StoreReader open(Path directory) throws IOException {
        Path manifests = directory.resolve("manifests");
        if (!Files.isDirectory(manifests)) {
            throw new ImageFailure(
                    "There is no image store in " + directory,
                    manifests + " is not there",
                    "Name the server's data directory with --data, on the server itself");
        }
        Shelf shelf = DiskShelf.openForReading(directory);
        return new StoreReader(Packs.open(shelf), new Versions(shelf));
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
        packs.close();
    }
}
