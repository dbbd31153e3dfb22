package firstlight.image.store;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Path;

/** Images in a directory: {@code packs/} holds the chunks, {@code manifests/NAME/} the versions of an image. */
public final class DiskStore {
    private DiskStore() {}

    /** Opens the store in {@code directory}, or makes one there. One process at a time. */
    public static ImageStore open(Path directory) throws IOException {
        try {
            return PackStore.open(DiskShelf.open(directory));
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure(
                    "The image store " + directory + " cannot be opened",
                    broken.toString(),
                    "Check that the directory is there and writable, and that its file system has room");
        }
    }
}
