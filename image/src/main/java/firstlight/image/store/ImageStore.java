package firstlight.image.store;

import firstlight.image.Progress;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.Manifest;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where images are kept. A version is there whole or not at all, whenever the power fails. Used by many threads. */
public interface ImageStore extends Closeable {
    /** Verifies every chunk before it takes it: for chunks that come from somebody else. */
    ChunkSink sink();

    /** Does not verify: for the process that has just hashed the chunks itself. */
    ChunkSink trustingSink();

    ChunkSource source();

    /** Makes a manifest the next version of {@code image}, once every chunk it names is safely stored. */
    Publication publish(ImageName image, Manifest manifest) throws IOException;

    /** All versions of all images, by name, then number. */
    List<ImageVersion> list() throws IOException;

    /** The version {@code number} of {@code image}; the latest when {@code number} is 0. */
    Optional<ImageVersion> find(ImageName image, int number) throws IOException;

    /** Reads and verifies the manifest. Its encoded form is {@link #encoded}. */
    Manifest open(ImageVersion version) throws IOException;

    /** The manifest's file, as {@link firstlight.image.manifest.ManifestCodec} reads it. */
    byte[] encoded(ImageVersion version) throws IOException;

    /** Unpacks and hashes every chunk of {@code version}; returns what is damaged or gone, in words. */
    List<String> verify(ImageVersion version, Progress progress) throws IOException;
}
