package firstlight.image.store;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Path;

/** Images in a bucket of an S3-compatible server. The library for it is loaded when the first one is opened. */
public final class S3Store {
    private S3Store() {}

    /**
     * Opens the store, or makes one there. One server at a time: the store belongs to whoever opened it first.
     *
     * @param spool a directory of this server, for packs that are not uploaded yet and for its identity
     */
    public static ImageStore open(S3Settings settings, Path spool) throws IOException {
        try {
            return PackStore.open(S3Shelf.open(S3Bucket.connect(settings), spool));
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure(
                    "The image store " + settings + " cannot be opened",
                    broken.toString(),
                    "Check images.store and images.s3 in the configuration, and the S3 server");
        }
    }
}
